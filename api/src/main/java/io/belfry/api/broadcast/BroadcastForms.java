package io.belfry.api.broadcast;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.decision.Rehearsal;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// How broadcasts look in requests and answers.
final class BroadcastForms {
    private BroadcastForms() {}

    @Introspected
    @Schema(name = "BroadcastTrial", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Trial(
            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"everyone", "topic", "segment", "users"})
            String audience,

            @Nullable
            @Schema(description = "For the audience `topic`: whose followers it addresses", example = "team/7")
            String topic,

            @Nullable @Schema(description = "For the audience `segment`: its id", example = "paying-in-europe")
            String segment,

            @Nullable @Schema(description = "For the audience `users`: their ids, 1 to 1,000")
            List<String> users,

            @Nullable @Schema(description = "The id of a category; `general` unless given")
            String category,

            @Nullable
            @Schema(
                    type = "string",
                    description = "The category's unless given",
                    allowableValues = {"critical", "high", "normal", "bulk"})
            String priority) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "BroadcastDryRun", description = "What would be decided, were it sent now")
    record View(
            @Schema(requiredMode = REQUIRED) long recipients,

            @Schema(
                    requiredMode = REQUIRED,
                    description =
                            "Whether all were looked at, of a large audience the first " + Rehearsal.MAX_RECIPIENTS)
            boolean whole,

            @Schema(requiredMode = REQUIRED, description = "By medium: each recipient is in one outcome of each")
            List<Outcome> outcomes) {
        static View of(Rehearsal.Report report) {
            return new View(
                    report.recipients(),
                    report.isWhole(),
                    report.lines().stream().map(Outcome::of).toList());
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "BroadcastDryRunOutcome")
    record Outcome(
            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"inbox", "live", "push"})
            String medium,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"send", "defer", "suppress"})
            String verdict,

            @Nullable @Schema(description = "Why not, or not yet")
            String reason,

            @Schema(requiredMode = REQUIRED) long count,

            @Schema(requiredMode = REQUIRED, description = "The first " + Rehearsal.SAMPLE + " of those users")
            List<String> sample) {
        static Outcome of(Rehearsal.Line line) {
            return new Outcome(
                    line.medium().label(), line.verdict(), line.reason().orElse(null), line.count(), line.sample());
        }
    }
}
