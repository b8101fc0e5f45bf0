package io.belfry.api.timer;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerId;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// How timers look in requests and answers.
final class TimerForms {
    private TimerForms() {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Timer", description = "Something that waits for its time")
    record View(
            @Schema(requiredMode = REQUIRED, description = "It stays the same when the timer moves")
            String id,

            @Schema(
                    requiredMode = REQUIRED,
                    description =
                            "`fallback`: a push that follows unless a device proves receipt; `deferred`: a push that"
                                    + " was put off; `snooze`: a notification that returns; `scheduled`: an event that is to be"
                                    + " delivered later; `digest`: one that is open; `repeat`: a"
                                    + " notification that repeats itself until it is acknowledged",
                    type = "string",
                    allowableValues = {"fallback", "deferred", "snooze", "scheduled", "digest", "repeat"})
            String kind,

            @Schema(requiredMode = REQUIRED) Instant dueAt,

            @Nullable @Schema(description = "Whom it is for; absent for events")
            String userId,

            @Nullable @Schema(format = "uuid", description = "The notification that waits, if it is one")
            String notificationId,

            @Nullable @Schema(format = "uuid") String eventId,

            @Nullable @Schema(description = "The event's") String type,

            @Nullable String category,

            @Nullable @Schema(description = "Why a push was put off: `quiet_hours`, `throttled` or `postponed`")
            String reason,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "Whether a dispatcher is at it just now: then leave it alone")
            boolean inHand) {
        static View of(PendingTimer timer) {
            UUID subject = timer.id().subject();
            return new View(
                    timer.id().toString(),
                    timer.kind().label(),
                    timer.dueAt(),
                    timer.user().orElse(null),
                    isOfNotification(timer.id()) ? subject.toString() : null,
                    timer.event().map(UUID::toString).orElse(null),
                    timer.type().orElse(null),
                    timer.category().orElse(null),
                    timer.reason().orElse(null),
                    timer.isInHand());
        }

        private static boolean isOfNotification(TimerId id) {
            return switch (id.source()) {
                case PUSH, SNOOZE, REPEAT -> true;
                case EVENT, DIGEST -> false;
            };
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Timers")
    record Page(
            @Schema(requiredMode = REQUIRED, description = "Those that are due first, first")
            List<View> timers,

            @Nullable @Schema(description = "For the next page; absent on the last one")
            String nextCursor) {}

    @Introspected
    @Schema(name = "Postponement", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Postponement(
            @Schema(
                    requiredMode = REQUIRED,
                    description = "In the future, within 366 days; scheduled events and digests within 14"
                            + " days of the time they were accepted for, pushes before nobody wants them any more")
            Instant until) {}
}
