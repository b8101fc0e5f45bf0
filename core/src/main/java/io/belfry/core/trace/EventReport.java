package io.belfry.core.trace;

import io.belfry.core.event.Crowd;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What became of one event.
///
/// @param recipients how many users it named
/// @param crowd whom it reaches without naming them
/// @param deathCause why it could not be dispatched, when it is [State#DEAD]
/// @param dueAt when it is delivered, while it is put off
/// @param notifications how many were written so far
/// @param unlisted those that are in no inbox, by reason
/// @param outcomes where they are, unless there are too many to look at each
public record EventReport(
        UUID id,
        UUID apiKeyId,
        String type,
        String category,
        Priority priority,
        Optional<String> actor,
        Optional<String> topic,
        int recipients,
        Crowd crowd,
        Instant acceptedAt,
        Optional<Instant> dueAt,
        State state,
        Optional<String> deathCause,
        long notifications,
        Map<String, Long> unlisted,
        Optional<Outcomes> outcomes) {

    /// How far an event has come.
    public enum State {
        /// It is to be delivered later.
        SCHEDULED,
        /// Waits in its lane.
        PENDING,
        /// An emergency stop holds it, or what is left of its audience.
        HELD,
        /// A part of its audience has its notifications.
        EXPANDING,
        /// It was taken back, as far as it had not been delivered.
        CANCELLED,
        /// All notifications are written.
        DISPATCHED,
        /// It could not be dispatched, and waits for a person.
        DEAD;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Counts of notifications.
    ///
    /// @param received those that a device of the user proved to have
    /// @param read those that the user opened
    /// @param push what became of the medium push: each notification is in one of them
    public record Outcomes(long received, long read, Push push) {}

    /// @param waiting a push is due later
    /// @param accepted the provider took it for a device at least
    /// @param failed it was tried, and no device could be reached
    /// @param unclear the provider's answer was lost
    /// @param needless it was received, seen or read before the push was due
    /// @param suppressed no push was planned, by reason
    public record Push(
            long waiting, long accepted, long failed, long unclear, long needless, Map<String, Long> suppressed) {}
}
