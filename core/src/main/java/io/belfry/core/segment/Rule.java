package io.belfry.core.segment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// Which users belong to a segment. Every part of it is true or false of every user, never unknown: what is asked of an
/// attribute that is not there is false, so that `not` means what it says.
public sealed interface Rule {
    /// Of nobody else, if one is missing.
    record All(List<Rule> rules) implements Rule {}

    record Any(List<Rule> rules) implements Rule {}

    record Not(Rule rule) implements Rule {}

    /// The user's locale is one of these languages: `de` is `de-AT` as well.
    record Locale(List<String> tags) implements Rule {}

    record TimeZone(List<String> names) implements Rule {}

    /// Something about one attribute.
    ///
    /// @param path of names, from the outermost one
    record Attribute(List<String> path, Test test) implements Rule {}

    /// What is asked of an attribute. Values of different types are never equal, greater or smaller.
    sealed interface Test {
        /// It equals one of these texts, numbers and booleans.
        record In(List<JsonNode> values) implements Test {}

        /// It is there, and is not null; or it is not.
        record Exists(boolean wanted) implements Test {}

        /// It is a list that holds this value.
        record Contains(JsonNode value) implements Test {}

        record StartsWith(String prefix) implements Test {}

        /// Numbers by value, texts by their characters, so that times in RFC 3339 compare too.
        record Compares(Comparison comparison, JsonNode bound) implements Test {}
    }

    /// How a value lies to a bound.
    enum Comparison {
        GT(">"),
        GTE(">="),
        LT("<"),
        LTE("<=");

        private final String sql;

        Comparison(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }
}
