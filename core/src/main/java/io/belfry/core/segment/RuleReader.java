package io.belfry.core.segment;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.user.UserProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Reads the JSON of a rule and gathers all that is wrong with it. For one thread, and one rule.
final class RuleReader {
    static final int MAX_DEPTH = 8;
    static final int MAX_PARTS = 100;
    static final int MAX_VALUES = 200;
    static final int MAX_TEXT = 1024;

    private static final String FORMS = "expected: an object with one of all, any, not, attribute, locale, timeZone";
    private static final String VALUE =
            "expected: a text of at most " + MAX_TEXT + " characters, a number or a boolean";
    private static final String BOUND = "expected: a number, or a text of at most " + MAX_TEXT + " characters";
    private static final String PATH =
            "expected: the name of an attribute, or a JSON pointer such as /address/country with at most " + MAX_DEPTH
                    + " levels";
    private static final Map<String, Rule.Comparison> COMPARISONS = Arrays.stream(Rule.Comparison.values())
            .collect(Collectors.toMap(c -> c.name().toLowerCase(java.util.Locale.ROOT), Function.identity()));
    private static final List<String> OPERATORS =
            List.of("contains", "eq", "exists", "gt", "gte", "in", "lt", "lte", "startsWith");

    private final List<RuleReading.Fault> faults = new ArrayList<>();
    private int parts;

    static RuleReading read(JsonNode tree) {
        var reader = new RuleReader();
        Optional<Rule> rule = reader.rule(tree, "", 1);
        return rule.isPresent() && reader.faults.isEmpty()
                ? new RuleReading.Of(rule.get())
                : new RuleReading.Refused(List.copyOf(reader.faults));
    }

    private <T> Optional<T> fault(String pointer, String detail) {
        faults.add(new RuleReading.Fault(pointer, detail));
        return Optional.empty();
    }

    private Optional<Rule> rule(JsonNode node, String at, int depth) {
        if (depth > MAX_DEPTH) {
            return fault(at, "expected: at most " + MAX_DEPTH + " levels");
        }
        if (++parts > MAX_PARTS) {
            return parts == MAX_PARTS + 1 ? fault(at, "expected: at most " + MAX_PARTS + " parts") : Optional.empty();
        }
        if (node.has("attribute")) {
            return attribute(node, at);
        }
        if (!node.isObject() || node.size() != 1) {
            return fault(at, FORMS);
        }
        String form = node.fieldNames().next();
        JsonNode value = node.get(form);
        String below = at + "/" + escaped(form);
        return switch (form) {
            case "all" -> rules(value, below, depth).map(Rule.All::new);
            case "any" -> rules(value, below, depth).map(Rule.Any::new);
            case "not" -> rule(value, below, depth + 1).map(Rule.Not::new);
            case "locale" ->
                texts(value, below, tag -> UserProfile.canonicalLocale(tag).isPresent(), UserProfile.LOCALE_EXPECTED)
                        .map(Rule.Locale::new);
            case "timeZone" ->
                texts(value, below, UserProfile::isTimeZone, UserProfile.TIME_ZONE_EXPECTED)
                        .map(Rule.TimeZone::new);
            default -> fault(below, "unknown (" + FORMS + ")");
        };
    }

    private Optional<List<Rule>> rules(JsonNode list, String at, int depth) {
        if (!list.isArray() || list.isEmpty()) {
            return fault(at, "expected: a list of rules");
        }
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < list.size(); i++) {
            rule(list.get(i), at + "/" + i, depth + 1).ifPresent(rules::add);
        }
        return Optional.of(rules);
    }

    private Optional<List<String>> texts(JsonNode node, String at, Predicate<String> fits, String expected) {
        return list(node, at, item -> item.isTextual() && fits.test(item.textValue()), "expected: " + expected)
                .map(items -> items.stream().map(JsonNode::textValue).toList());
    }

    /// One value, or a list of some.
    private Optional<List<JsonNode>> list(JsonNode node, String at, Predicate<JsonNode> fits, String expected) {
        if (!node.isArray()) {
            return fits.test(node) ? Optional.of(List.of(node)) : fault(at, expected);
        }
        if (node.isEmpty() || node.size() > MAX_VALUES) {
            return fault(at, node.size() + " of them (expected: 1 to " + MAX_VALUES + ")");
        }
        var items = new ArrayList<JsonNode>();
        for (int i = 0; i < node.size(); i++) {
            if (fits.test(node.get(i))) {
                items.add(node.get(i));
            } else {
                fault(at + "/" + i, expected);
            }
        }
        return Optional.of(items);
    }

    private Optional<Rule> attribute(JsonNode node, String at) {
        var operators = new TreeSet<String>();
        node.fieldNames().forEachRemaining(operators::add);
        operators.remove("attribute");
        Optional<List<String>> path = path(node.get("attribute"), at + "/attribute");
        if (operators.size() != 1 || !OPERATORS.contains(operators.first())) {
            return fault(at, "expected: beside attribute exactly one of " + String.join(", ", OPERATORS));
        }
        String operator = operators.first();
        Optional<Rule.Test> test = test(operator, node.get(operator), at + "/" + operator);
        return path.isPresent() && test.isPresent()
                ? Optional.of(new Rule.Attribute(path.get(), test.get()))
                : Optional.empty();
    }

    private Optional<Rule.Test> test(String operator, JsonNode value, String at) {
        return switch (operator) {
            case "eq" -> isScalar(value) ? Optional.of(new Rule.Test.In(List.of(value))) : fault(at, VALUE);
            case "in" ->
                value.isArray()
                        ? list(value, at, RuleReader::isScalar, VALUE).map(Rule.Test.In::new)
                        : fault(at, "expected: a list");
            case "exists" ->
                value.isBoolean()
                        ? Optional.of(new Rule.Test.Exists(value.booleanValue()))
                        : fault(at, "expected: true or false");
            case "contains" -> isScalar(value) ? Optional.of(new Rule.Test.Contains(value)) : fault(at, VALUE);
            case "startsWith" ->
                isText(value) && !value.textValue().isEmpty()
                        ? Optional.of(new Rule.Test.StartsWith(value.textValue()))
                        : fault(at, "expected: a text of 1 to " + MAX_TEXT + " characters");
            default ->
                isNumber(value) || isText(value)
                        ? Optional.of(new Rule.Test.Compares(COMPARISONS.get(operator), value))
                        : fault(at, BOUND);
        };
    }

    private Optional<List<String>> path(JsonNode node, String at) {
        if (!isText(node) || node.textValue().isEmpty()) {
            return fault(at, PATH);
        }
        String text = node.textValue();
        if (!text.startsWith("/")) {
            return Optional.of(List.of(text));
        }
        List<String> names = Arrays.stream(text.substring(1).split("/", -1))
                .map(name -> name.replace("~1", "/").replace("~0", "~"))
                .toList();
        return names.size() > MAX_DEPTH || names.contains("") ? fault(at, PATH) : Optional.of(names);
    }

    private static boolean isScalar(JsonNode node) {
        return isText(node) || isNumber(node) || node.isBoolean();
    }

    /// PostgreSQL holds numbers of some hundred thousand digits; nobody counts users by them.
    private static boolean isNumber(JsonNode node) {
        return node.isNumber()
                && node.decimalValue().precision() <= 40
                && Math.abs(node.decimalValue().scale()) <= 40;
    }

    private static boolean isText(JsonNode node) {
        return node.isTextual() && node.textValue().length() <= MAX_TEXT && isClean(node.textValue());
    }

    /// What PostgreSQL can hold: no NUL, and no half of a surrogate pair.
    private static boolean isClean(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
