package io.belfry.api.trace;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.trace.NotificationTrace;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.json.tree.JsonNode;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// A [NotificationTrace] as the API shows it.
@Serdeable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Trace", description = "The way of one notification")
record TraceView(
        @Schema(requiredMode = REQUIRED, format = "uuid") String id,
        @Schema(requiredMode = REQUIRED, format = "uuid") String eventId,
        String userId,

        @Nullable @Schema(description = "Its place in the inbox; absent for one that is in none")
        Long offset,

        String type,
        String category,
        String priority,
        @Nullable String title,
        @Nullable String body,
        @Nullable String link,

        @Schema(requiredMode = REQUIRED, type = "object", description = "The event's data")
        JsonNode data,

        @Nullable String actor,
        Instant acceptedAt,
        Instant writtenAt,
        boolean read,
        boolean seen,
        Decision decision,
        Later later,
        Push push,
        List<Receipt> receipts,
        List<Attempt> attempts) {

    /// What was decided for each medium.
    @Serdeable
    @Schema(name = "TraceDecision")
    record Decision(
            @Schema(requiredMode = REQUIRED, description = "`send`, or why it is in no inbox")
            String inbox,

            @Schema(requiredMode = REQUIRED, description = "`send`, or why it made no sound on connected devices")
            String live,

            @Schema(requiredMode = REQUIRED, description = "`planned`, or why there is no push")
            String push,

            @Nullable @Schema(description = "Why the push was put off")
            String deferral,

            @Nullable @Schema(description = "Until when it was put off")
            Instant deferredUntil) {}

    /// What its user and its sender did with it.
    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "TraceLater")
    record Later(
            @Nullable
            @Schema(
                    description =
                            "Where it is instead of in the list: `archived`, `snoozed` or `recalled`; absent where it is"
                                    + " in the list")
            String place,

            @Nullable Instant snoozedUntil,

            @Nullable @Schema(description = "When it came back from a snooze, the last time")
            Instant returnedAt,

            @Nullable Instant acknowledgedAt,
            @Nullable Instant editedAt,
            @Nullable Instant recalledAt) {}

    /// @param decision planned, or why not
    @Serdeable
    @Schema(name = "TracePush")
    record Push(
            @Schema(requiredMode = REQUIRED, description = "`planned`, or why there is none")
            String decision,

            @Nullable Instant dueAt,

            @Nullable @Schema(description = "How often it was tried")
            Integer rounds) {}

    /// @param covers whether it proves that the device has this notification
    @Serdeable
    @Schema(name = "TraceReceipt")
    record Receipt(
            String deviceId,
            long offset,
            Instant at,

            @Schema(requiredMode = REQUIRED, description = "Whether it proves that the device has this notification")
            boolean covers) {}

    @Serdeable
    @Schema(name = "TraceAttempt")
    record Attempt(
            String deviceId,
            int attempt,
            Instant startedAt,
            @Nullable Instant finishedAt,
            String outcome,
            @Nullable String detail) {}

    /// @param data of the event
    static TraceView of(NotificationTrace trace, JsonNode data) {
        return new TraceView(
                trace.id().toString(),
                trace.eventId().toString(),
                trace.userId(),
                trace.decided().isListed() ? trace.offset() : null,
                trace.type(),
                trace.category(),
                trace.priority().label(),
                trace.title(),
                trace.body(),
                trace.link(),
                data,
                trace.actor().orElse(null),
                trace.acceptedAt(),
                trace.writtenAt(),
                trace.read(),
                trace.seen(),
                decision(trace.decided()),
                later(trace.later()),
                new Push(
                        trace.decided().push(),
                        trace.timer().map(NotificationTrace.Timer::dueAt).orElse(null),
                        trace.timer().map(NotificationTrace.Timer::attempts).orElse(null)),
                trace.receipts().stream()
                        .map(receipt -> receipt(receipt, trace))
                        .toList(),
                trace.attempts().stream().map(TraceView::attempt).toList());
    }

    private static Later later(NotificationTrace.Later later) {
        return new Later(
                later.place().orElse(null),
                later.snoozedUntil().orElse(null),
                later.returnedAt().orElse(null),
                later.acknowledgedAt().orElse(null),
                later.editedAt().orElse(null),
                later.recalledAt().orElse(null));
    }

    private static Decision decision(NotificationTrace.Decided decided) {
        return new Decision(
                decided.inbox(),
                decided.live(),
                decided.push(),
                decided.deferral().map(NotificationTrace.Deferral::reason).orElse(null),
                decided.deferral().map(NotificationTrace.Deferral::until).orElse(null));
    }

    private static Receipt receipt(Receipts.DeviceReceipt receipt, NotificationTrace trace) {
        return new Receipt(
                receipt.deviceId(), receipt.inboxOffset(), receipt.at(), receipt.inboxOffset() >= trace.offset());
    }

    private static Attempt attempt(NotificationTrace.Attempt attempt) {
        return new Attempt(
                attempt.deviceId(),
                attempt.attempt(),
                attempt.startedAt(),
                attempt.finishedAt().orElse(null),
                attempt.outcome(),
                attempt.detail());
    }
}
