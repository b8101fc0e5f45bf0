package io.belfry.core.timer;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Names a timer by what waits, as `push-0192f3a4-…`. It stays the same when the timer moves.
///
/// @param subject the notification, event or digest that waits
public record TimerId(Source source, UUID subject) {
    /// Where it is kept.
    public enum Source {
        PUSH,
        SNOOZE,
        EVENT,
        DIGEST,
        REPEAT;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Optional<TimerId> of(String text) {
        int end = text.indexOf('-');
        if (end < 0) {
            return Optional.empty();
        }
        for (Source source : Source.values()) {
            if (source.label().equals(text.substring(0, end))) {
                return uuid(text.substring(end + 1)).map(subject -> new TimerId(source, subject));
            }
        }
        return Optional.empty();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The text that [#of] reads.
    @Override
    public String toString() {
        return source.label() + "-" + subject;
    }
}
