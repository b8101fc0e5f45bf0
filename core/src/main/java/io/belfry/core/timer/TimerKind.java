package io.belfry.core.timer;

import java.util.Locale;
import java.util.Optional;

/// What waits for a time to come.
public enum TimerKind {
    /// A push that follows unless a device proves receipt before, or that is tried again.
    FALLBACK,
    /// A push that was put off: for quiet hours, by a throttle, or by a person.
    DEFERRED,
    /// A notification that its user snoozed.
    SNOOZE,
    /// An event that is to be delivered later.
    SCHEDULED,
    /// A digest that is open.
    DIGEST,
    /// A notification that repeats itself until it is acknowledged.
    REPEAT;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<TimerKind> ofLabel(String label) {
        for (TimerKind kind : values()) {
            if (kind.label().equals(label)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
