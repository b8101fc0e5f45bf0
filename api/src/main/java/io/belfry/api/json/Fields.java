package io.belfry.api.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.problem.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/// Reads the fields of one object of a body and gathers all that is wrong with them, so that a caller learns of every
/// fault at once. What was faulty reads as absent: look at [#faults()] before using anything. A field that is `null` is
/// absent. For one thread.
public final class Fields {
    private final JsonNode object;
    private final String pointer;
    private final Faults faults;

    private Fields(JsonNode object, String pointer, Faults faults) {
        this.object = object;
        this.pointer = pointer;
        this.faults = faults;
    }

    /// @param known the fields that there may be; others are faults
    public static Fields of(JsonNode value, String... known) {
        return of(value, "", new Faults(), known);
    }

    /// The same for a part of a body.
    ///
    /// @param pointer of the value within the body
    /// @param faults where to gather
    public static Fields of(JsonNode value, String pointer, Faults faults, String... known) {
        if (!value.isObject()) {
            faults.add(pointer, "expected: an object");
            return new Fields(value.isMissingNode() ? value : value.path("none"), pointer, faults);
        }
        List<String> names = Arrays.asList(known);
        value.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                faults.add(pointer + "/" + escaped(name), "unknown field (expected: " + String.join(", ", known) + ")");
            }
        });
        return new Fields(value, pointer, faults);
    }

    public Faults faults() {
        return faults;
    }

    public boolean has(String name) {
        return object.hasNonNull(name);
    }

    /// A text that must be there.
    ///
    /// @param expected what is told if it does not fit, such as `1 to 64 characters`
    public String text(String name, Predicate<String> fits, String expected) {
        Optional<String> text = optionalText(name, fits, expected);
        if (!has(name)) {
            fault(name, "missing (expected: " + expected + ")");
        }
        return text.orElse("");
    }

    public Optional<String> optionalText(String name, Predicate<String> fits, String expected) {
        return optional(name, Optional::of, fits, expected);
    }

    /// A text that stands for something else, such as a time or one of a few words.
    public <T> Optional<T> optional(String name, Function<String, Optional<T>> read, String expected) {
        return optional(name, read, value -> true, expected);
    }

    /// The same where it must be there.
    public <T> Optional<T> required(String name, Function<String, Optional<T>> read, String expected) {
        if (!has(name)) {
            fault(name, "missing (expected: " + expected + ")");
        }
        return optional(name, read, expected);
    }

    private <T> Optional<T> optional(
            String name, Function<String, Optional<T>> read, Predicate<T> fits, String expected) {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        Optional<T> value = node.isTextual() && CleanText.isClean(node.textValue())
                ? read.apply(node.textValue()).filter(fits)
                : Optional.empty();
        if (value.isEmpty()) {
            fault(name, shown(node) + "expected: " + expected + ")");
        }
        return value;
    }

    public OptionalLong optionalInteger(String name, long min, long max) {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            fault(name, shown(node) + "expected: a whole number from " + min + " to " + max + ")");
            return OptionalLong.empty();
        }
        return OptionalLong.of(node.longValue());
    }

    /// Whether it is set to true.
    public boolean flag(String name) {
        JsonNode node = object.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) {
            fault(name, shown(node) + "expected: true or false)");
        }
        return node.booleanValue();
    }

    /// A list of texts.
    ///
    /// @param items what they are, such as `user ids`
    public Optional<List<String>> optionalTexts(
            String name, int max, String items, Predicate<String> fits, String expected) {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isArray() || node.isEmpty() || node.size() > max) {
            fault(
                    name,
                    (node.isArray() ? node.size() + " of them (" : "(") + "expected: 1 to " + max + " " + items + ")");
            return Optional.empty();
        }
        var texts = new ArrayList<String>(node.size());
        for (int i = 0; i < node.size(); i++) {
            JsonNode item = node.get(i);
            if (item.isTextual() && CleanText.isClean(item.textValue()) && fits.test(item.textValue())) {
                texts.add(item.textValue());
            } else {
                fault(name + "/" + i, shown(item) + "expected: " + expected + ")");
            }
        }
        return Optional.of(texts);
    }

    /// Any object, within limits.
    public Optional<JsonNode> optionalObject(String name, int maxBytes) {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            fault(name, "expected: an object");
            return Optional.empty();
        }
        checkTexts(node, pointer + "/" + name);
        if (node.toString().length() > maxBytes) {
            fault(name, "expected: at most " + maxBytes + " characters as JSON");
        }
        return Optional.of(node);
    }

    private void checkTexts(JsonNode node, String at) {
        if (node.isTextual() && !CleanText.isClean(node.textValue())) {
            faults.add(at, CleanText.EXPECTED);
        }
        node.properties().forEach(field -> {
            String below = at + "/" + escaped(field.getKey());
            if (!CleanText.isClean(field.getKey())) {
                faults.add(at, "a name in it (" + CleanText.EXPECTED + ")");
            }
            checkTexts(field.getValue(), below);
        });
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                checkTexts(node.get(i), at + "/" + i);
            }
        }
    }

    public void fault(String name, String detail) {
        faults.add(pointer + "/" + name, detail);
    }

    /// Short values are shown, since that is what one looks for.
    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 40 && CleanText.isClean(text) ? text + " (" : "(";
    }

    /// A name as a part of a JSON pointer.
    public static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
