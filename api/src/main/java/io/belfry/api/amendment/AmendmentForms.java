package io.belfry.api.amendment;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.amendment.AmendmentReport;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How edits and recalls look in requests and answers.
final class AmendmentForms {
    private AmendmentForms() {}

    @Introspected
    @Schema(
            name = "Edit",
            description =
                    "What a notification says from now on. What is absent stays, but for the words where `data` is new:"
                            + " those come from the published template then, unless they are given. At least one field.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Edit(
            @Nullable @Schema(maxLength = 4000) String title,
            @Nullable @Schema(maxLength = 4000) String body,

            @Nullable @Schema(maxLength = 2000, description = "https://…, app:… or /path")
            String link,

            @Nullable @Schema(type = "object", description = "In place of the event's")
            Object data) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Amendment", description = "How far an edit or a recall of an event has come")
    record View(
            @Schema(requiredMode = REQUIRED, format = "uuid")
            String id,

            @Schema(requiredMode = REQUIRED, format = "uuid")
            String eventId,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"edit", "recall"})
            String kind,

            @Schema(requiredMode = REQUIRED) Instant requestedAt,

            @Nullable @Schema(description = "Absent while it goes on")
            Instant finishedAt,

            @Schema(requiredMode = REQUIRED, description = "Notifications changed so far")
            long changed,

            @Schema(requiredMode = REQUIRED, description = "Pushes that waited and are not sent")
            long pushesCancelled,

            @Schema(
                    requiredMode = REQUIRED,
                    description =
                            "Pushes that phones have: they are replaced, or taken away, as far as the phone obeys")
            long pushesCorrected) {
        static View of(AmendmentReport report) {
            return new View(
                    report.id().toString(),
                    report.event().toString(),
                    report.kind(),
                    report.requestedAt(),
                    report.finishedAt().orElse(null),
                    report.changed(),
                    report.pushesCancelled(),
                    report.pushesCorrected());
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Amendments")
    record Views(
            @Schema(requiredMode = REQUIRED, description = "Newest first, at most 100")
            List<View> amendments) {}
}
