package io.belfry.core.segment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// What the JSON of a rule turned out to be.
public sealed interface RuleReading {
    /// Reads a rule of one of the forms `{"all": [rules]}`, `{"any": [rules]}`, `{"not": rule}`, `{"locale":
    /// "de"}`, `{"timeZone": "Europe/Berlin"}` (the last two also with a list), or `{"attribute": "plan", "eq":
    /// "pro"}` with one of the operators `eq`, `in`, `exists`, `contains`, `startsWith`, `gt`, `gte`, `lt`, `lte`.
    /// An attribute within another is named by a JSON pointer: `/address/country`.
    static RuleReading of(JsonNode tree) {
        return RuleReader.read(tree);
    }

    record Of(Rule rule) implements RuleReading {}

    record Refused(List<Fault> faults) implements RuleReading {}

    /// @param pointer into the rule (RFC 6901)
    /// @param detail what was expected
    record Fault(String pointer, String detail) {}
}
