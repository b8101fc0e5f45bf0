package io.belfry.api.segment;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.json.Fields;
import io.belfry.core.segment.Rule;
import io.belfry.core.segment.RuleReading;
import jakarta.inject.Singleton;
import java.util.Optional;

/// Reads the field `rule` of a body. Stateless.
@Singleton
final class RuleField {
    private static final int MAX_CHARACTERS = 32_768;

    /// @param tree as it was written
    record Given(JsonNode tree, Rule rule) {}

    /// @return empty where the fields have a fault
    Optional<Given> read(Fields fields) {
        Optional<JsonNode> tree = fields.optionalObject("rule", MAX_CHARACTERS);
        if (tree.isEmpty()) {
            if (!fields.has("rule")) {
                fields.fault("rule", "missing (expected: an object such as {\"attribute\":\"plan\",\"eq\":\"pro\"})");
            }
            return Optional.empty();
        }
        return switch (RuleReading.of(tree.get())) {
            case RuleReading.Of(Rule rule) -> Optional.of(new Given(tree.get(), rule));
            case RuleReading.Refused(var faults) -> {
                faults.forEach(fault -> fields.fault("rule" + fault.pointer(), fault.detail()));
                yield Optional.empty();
            }
        };
    }
}
