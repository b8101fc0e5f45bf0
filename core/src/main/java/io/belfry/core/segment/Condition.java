package io.belfry.core.segment;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A rule as SQL over a row `u` of `users`. The text holds no value of the rule, all of them are parameters, so rules
/// that differ in values alone share a plan.
public final class Condition {
    private final StringBuilder sql = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    private Condition() {}

    static Condition of(Rule rule) {
        var condition = new Condition();
        condition.add(rule);
        return condition;
    }

    /// A condition with a question mark for each parameter.
    public String sql() {
        return sql.toString();
    }

    /// In their order; texts, and arrays of texts.
    public List<Object> parameters() {
        return List.copyOf(parameters);
    }

    /// @param first the number of its first parameter in the statement
    /// @return the number after its last one
    int bind(Connection connection, PreparedStatement statement, int first) throws SQLException {
        int number = first;
        for (Object parameter : parameters) {
            switch (parameter) {
                case String[] texts -> statement.setArray(number, connection.createArrayOf("text", texts));
                default -> statement.setString(number, (String) parameter);
            }
            number++;
        }
        return number;
    }

    private void add(Rule rule) {
        switch (rule) {
            case Rule.All(List<Rule> rules) -> add(rules, " and ");
            case Rule.Any(List<Rule> rules) -> add(rules, " or ");
            case Rule.Not(Rule inner) -> {
                sql.append("not ");
                add(inner);
            }
            case Rule.Locale(List<String> tags) -> {
                String[] lower =
                        tags.stream().map(tag -> tag.toLowerCase(Locale.ROOT)).toArray(String[]::new);
                parameter(
                        "exists (select 1 from unnest(?::text[]) as t(tag) where lower(u.locale) = tag"
                                + " or starts_with(lower(u.locale), tag || '-'))",
                        (Object) lower);
            }
            case Rule.TimeZone(List<String> names) ->
                parameter("coalesce(u.time_zone = any(?::text[]), false)", (Object) names.toArray(String[]::new));
            case Rule.Attribute(List<String> path, Rule.Test test) -> add(path.toArray(String[]::new), test);
        }
    }

    private void add(List<Rule> rules, String operator) {
        sql.append('(');
        for (int i = 0; i < rules.size(); i++) {
            sql.append(i == 0 ? "" : operator);
            add(rules.get(i));
        }
        sql.append(')');
    }

    private void add(String[] path, Rule.Test test) {
        switch (test) {
            case Rule.Test.In(List<JsonNode> values) ->
                parameter(
                        "coalesce(u.attributes #> ?::text[] = any(?::text[]::jsonb[]), false)",
                        path,
                        values.stream().map(JsonNode::toString).toArray(String[]::new));
            case Rule.Test.Exists(boolean wanted) ->
                parameter(
                        "coalesce(jsonb_typeof(u.attributes #> ?::text[]), 'null') " + (wanted ? "<>" : "=")
                                + " 'null'",
                        (Object) path);
            case Rule.Test.Contains(JsonNode value) ->
                parameter(
                        "coalesce(jsonb_typeof(u.attributes #> ?::text[]) = 'array'"
                                + " and u.attributes #> ?::text[] @> ?::text::jsonb, false)",
                        path,
                        path,
                        value.toString());
            case Rule.Test.StartsWith(String prefix) ->
                parameter(
                        "coalesce(jsonb_typeof(u.attributes #> ?::text[]) = 'string'"
                                + " and starts_with(u.attributes #>> ?::text[], ?), false)",
                        path,
                        path,
                        prefix);
            case Rule.Test.Compares(Rule.Comparison comparison, JsonNode bound) -> {
                boolean isNumber = bound.isNumber();
                String value = isNumber
                        ? "(u.attributes #>> ?::text[])::numeric " + comparison.sql() + " ?::numeric"
                        : "(u.attributes #>> ?::text[]) collate \"C\" " + comparison.sql() + " ?";
                // A case is the only form whose parts PostgreSQL evaluates in their order.
                parameter(
                        "case when jsonb_typeof(u.attributes #> ?::text[]) = '" + (isNumber ? "number" : "string")
                                + "' then " + value + " else false end",
                        path,
                        path,
                        bound.asText());
            }
        }
    }

    private void parameter(String text, Object... values) {
        sql.append('(').append(text).append(')');
        parameters.addAll(List.of(values));
    }
}
