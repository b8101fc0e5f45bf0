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
/// @param decided for each medium
/// @param later what its user and its sender did with it
/// @param offset its place in the inbox; 0 for one that is in none
/// @param writtenAt when it was written, or decided that it is not
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
        Decided decided,
        Later later,
        Optional<Timer> timer,
        List<Receipts.DeviceReceipt> receipts,
        List<Attempt> attempts) {

    /// What was decided, in words: `send`, or why not.
    ///
    /// @param inbox of one that is in no inbox: why; there is nothing else to tell then
    /// @param push `planned` where one follows unless proof comes before
    public record Decided(String inbox, String live, String push, Optional<Deferral> deferral) {
        /// What is said of a medium that is used.
        public static final String SEND = "send";

        public boolean isListed() {
            return inbox.equals(SEND);
        }
    }

    /// A push that was put off.
    public record Deferral(String reason, Instant until) {}

    /// What became of it in the inbox.
    ///
    /// @param place where it is instead of in the list: `archived`, `snoozed` or `recalled`; empty: in the list
    /// @param returnedAt when it came back from a snooze, the last time
    public record Later(
            Optional<String> place,
            Optional<Instant> snoozedUntil,
            Optional<Instant> returnedAt,
            Optional<Instant> acknowledgedAt,
            Optional<Instant> editedAt,
            Optional<Instant> recalledAt) {
        /// Nothing.
        public static final Later NOTHING = new Later(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

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
