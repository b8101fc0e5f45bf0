package io.belfry.core.trace;

import io.belfry.core.event.Priority;
import io.belfry.core.receipt.Receipts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Everything known about the way of one notification. What a receipt proves is derived: a device has received every
/// offset up to the one it last proved.
///
/// @param push what was decided for the medium push
/// @param timer the push that still waits
/// @param receipts of all the user's devices, whether they cover this notification or not
public record NotificationTrace(
        UUID id,
        UUID eventId,
        String userId,
        long offset,
        String type,
        String category,
        Priority priority,
        String title,
        String body,
        String link,
        String data,
        Optional<String> actor,
        Instant acceptedAt,
        Instant writtenAt,
        boolean read,
        boolean seen,
        String push,
        Optional<Timer> timer,
        List<Receipts.DeviceReceipt> receipts,
        List<Attempt> attempts) {

    public record Timer(Instant dueAt, int attempts) {}

    /// One try to push to one device.
    ///
    /// @param outcome sending, accepted, token_dead, rejected, retry, ambiguous
    public record Attempt(
            String deviceId,
            int attempt,
            Instant startedAt,
            Optional<Instant> finishedAt,
            String outcome,
            String detail) {}

    /// The devices that proved to have it.
    public List<Receipts.DeviceReceipt> receivedBy() {
        return receipts.stream().filter(r -> r.inboxOffset() >= offset).toList();
    }
}
