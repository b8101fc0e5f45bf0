package io.belfry.core.deadletter;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// What failed for good and waits for a person.
///
/// @param subject the event, or the notification whose push failed
/// @param user whose push it was; empty for events
/// @param type of the event; empty when it is not kept any more
/// @param reason in words, without a payload
public record DeadLetter(
        long id,
        Kind kind,
        UUID subject,
        Optional<String> user,
        Optional<String> type,
        String reason,
        Instant at,
        Prospect prospect) {

    /// What failed.
    public enum Kind {
        /// An event that was accepted and could not be dispatched.
        EVENT,
        /// A push to a device.
        PUSH;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Kind> ofLabel(String label) {
            for (Kind kind : values()) {
                if (kind.label().equals(label)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /// What a retry can do about it.
    public enum Prospect {
        /// It is tried again.
        OPEN,
        /// Nobody wants it any more: the event was cancelled or is gone, or the notification was read, archived or
        /// recalled, is too old, or its user has no device.
        OVER;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
