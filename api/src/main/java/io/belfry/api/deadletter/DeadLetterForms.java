package io.belfry.api.deadletter;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.deadletter.DeadLetter;
import io.belfry.core.deadletter.DeadLetters;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How dead letters look in requests and answers.
final class DeadLetterForms {
    private DeadLetterForms() {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DeadLetter", description = "What failed for good and waits for a person")
    record View(
            @Schema(requiredMode = REQUIRED) long id,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "An event that could not be dispatched, or a push that could not be sent",
                    type = "string",
                    allowableValues = {"event", "push"})
            String kind,

            @Nullable @Schema(format = "uuid", description = "The event that failed")
            String eventId,

            @Nullable @Schema(format = "uuid", description = "The notification whose push failed")
            String notificationId,

            @Nullable @Schema(description = "Whose push it was")
            String userId,

            @Nullable @Schema(description = "The event's; absent when it is not kept any more")
            String type,

            @Schema(requiredMode = REQUIRED) String reason,
            @Schema(requiredMode = REQUIRED) Instant at,

            @Schema(
                    requiredMode = REQUIRED,
                    description =
                            "`open`: a retry tries it again. `over`: a retry leaves it, since nobody wants it any more"
                                    + " (cancelled, read, archived, recalled, too old, or without a device)",
                    type = "string",
                    allowableValues = {"open", "over"})
            String prospect) {
        static View of(DeadLetter letter) {
            boolean isEvent = letter.kind() == DeadLetter.Kind.EVENT;
            return new View(
                    letter.id(),
                    letter.kind().label(),
                    isEvent ? letter.subject().toString() : null,
                    isEvent ? null : letter.subject().toString(),
                    letter.user().orElse(null),
                    letter.type().orElse(null),
                    letter.reason(),
                    letter.at(),
                    letter.prospect().label());
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DeadLetters")
    record Page(
            @Schema(requiredMode = REQUIRED, description = "Newest first")
            List<View> letters,

            @Nullable @Schema(description = "For the next page; absent on the last one")
            String nextCursor) {}

    @Introspected
    @Schema(
            name = "DeadLetterChoice",
            description = "Which dead letters are meant: all to which every given field applies.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Choice(
            @Nullable
            @Schema(
                    type = "string",
                    allowableValues = {"event", "push"})
            String kind,

            @Nullable @Schema(format = "uuid", description = "The event, or the notification, that failed")
            String subject,

            @Nullable String user,

            @Nullable @Schema(description = "The event's type")
            String type,

            @Nullable @Schema(description = "The beginning of the reason")
            String reason,

            @Nullable @Schema(description = "Not before this moment")
            Instant from,

            @Nullable @Schema(description = "Before this moment")
            Instant to,

            @Nullable @Schema(description = "None that came after the letter of this id, as a preview tells it")
            Long upTo,

            @Nullable @Schema(description = "Do nothing, and tell what would be touched")
            Boolean preview) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DeadLettersTouched")
    record Touched(
            @Schema(requiredMode = REQUIRED, description = "Letters that are gone now, or would be")
            long letters,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "Letters that it leaves, since a retry could do nothing about them")
            long left,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "Whether there are more than one call touches (10,000): repeat it")
            boolean more,

            @Nullable
            @Schema(description = "Of a preview: put it into the call, and what it touches is what was previewed")
            Long upTo) {
        static Touched of(DeadLetters.Done done) {
            return new Touched(done.letters(), done.left(), done.more(), null);
        }
    }
}
