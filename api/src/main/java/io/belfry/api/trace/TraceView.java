package io.belfry.api.trace;

import io.belfry.core.receipt.Receipts;
import io.belfry.core.trace.NotificationTrace;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.json.tree.JsonNode;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A [NotificationTrace] as the API shows it.
@Serdeable
record TraceView(
        String id,
        String eventId,
        String userId,
        long offset,
        String type,
        String category,
        String priority,
        @Nullable String title,
        @Nullable String body,
        @Nullable String link,
        JsonNode data,
        Optional<String> actor,
        Instant acceptedAt,
        Instant writtenAt,
        boolean read,
        boolean seen,
        Push push,
        List<Receipt> receipts,
        List<Attempt> attempts) {

    /// @param decision planned, or why not
    @Serdeable
    record Push(String decision, Optional<Instant> dueAt, Optional<Integer> rounds) {}

    /// @param covers whether it proves that the device has this notification
    @Serdeable
    record Receipt(String deviceId, long offset, Instant at, boolean covers) {}

    @Serdeable
    record Attempt(
            String deviceId,
            int attempt,
            Instant startedAt,
            Optional<Instant> finishedAt,
            String outcome,
            @Nullable String detail) {}

    /// @param data of the event
    static TraceView of(NotificationTrace trace, JsonNode data) {
        return new TraceView(
                trace.id().toString(),
                trace.eventId().toString(),
                trace.userId(),
                trace.offset(),
                trace.type(),
                trace.category(),
                trace.priority().label(),
                trace.title(),
                trace.body(),
                trace.link(),
                data,
                trace.actor(),
                trace.acceptedAt(),
                trace.writtenAt(),
                trace.read(),
                trace.seen(),
                new Push(
                        trace.push(),
                        trace.timer().map(NotificationTrace.Timer::dueAt),
                        trace.timer().map(NotificationTrace.Timer::attempts)),
                trace.receipts().stream()
                        .map(receipt -> receipt(receipt, trace))
                        .toList(),
                trace.attempts().stream().map(TraceView::attempt).toList());
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
                attempt.finishedAt(),
                attempt.outcome(),
                attempt.detail());
    }
}
