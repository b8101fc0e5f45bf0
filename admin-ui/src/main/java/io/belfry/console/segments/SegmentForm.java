package io.belfry.console.segments;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.console.Form;
import io.belfry.core.segment.Rule;
import io.belfry.core.segment.RuleReading;
import io.belfry.core.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A segment as it was typed, right or not.
///
/// @param rule as JSON text
/// @param seen when it was last changed, as its editor knows; empty for a new one
record SegmentForm(String id, String description, String rule, String seen) {
    static final SegmentForm EMPTY = new SegmentForm(
            "",
            "",
            "{\n  \"all\": [\n    {\"attribute\": \"plan\", \"eq\": \"pro\"},\n    {\"locale\": \"de\"}\n  ]\n}",
            "");

    private static final int MAX_RULE = 65_536;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static SegmentForm of(Form form) {
        return new SegmentForm(form.text("id"), form.text("description"), form.raw("rule"), form.text("seen"));
    }

    static SegmentForm of(Segment segment) {
        return new SegmentForm(
                segment.id(),
                segment.description(),
                pretty(segment.rule()),
                segment.updatedAt().toString());
    }

    private static String pretty(String json) {
        try {
            return JSON.readTree(json).toPrettyString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a saved segment's rule is no JSON", e);
        }
    }

    boolean isNew() {
        return seen.isEmpty();
    }

    /// What the rule turned out to be.
    ///
    /// @param rule empty where there are faults
    /// @param faults each with where it is
    record Reading(Optional<Rule> rule, Optional<JsonNode> tree, List<String> faults) {}

    Reading read() {
        if (rule.length() > MAX_RULE) {
            return faulty(List.of("Rule: " + rule.length() + " characters (expected: at most " + MAX_RULE + ")."));
        }
        try {
            JsonNode tree = JSON.readTree(rule);
            return switch (RuleReading.of(tree)) {
                case RuleReading.Of(Rule read) -> new Reading(Optional.of(read), Optional.of(tree), List.of());
                case RuleReading.Refused(List<RuleReading.Fault> faults) ->
                    faulty(faults.stream()
                            .map(fault -> (fault.pointer().isEmpty() ? "Rule" : fault.pointer()) + ": " + fault.detail()
                                    + ".")
                            .toList());
            };
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            return faulty(List.of("Rule: line " + (at == null ? 1 : at.getLineNr()) + ", column "
                    + (at == null ? 1 : at.getColumnNr()) + " is no JSON."));
        }
    }

    private static Reading faulty(List<String> faults) {
        return new Reading(Optional.empty(), Optional.empty(), faults);
    }

    /// What is wrong beside the rule.
    List<String> faults() {
        var faults = new ArrayList<String>();
        if (!Segment.isId(id)) {
            faults.add("Id: “" + id + "” (expected: " + Segment.ID_EXPECTED + ").");
        }
        if (description.length() > Segment.MAX_DESCRIPTION) {
            faults.add("Description: " + description.length() + " characters (expected: at most "
                    + Segment.MAX_DESCRIPTION + ").");
        }
        return faults;
    }
}
