package io.belfry.core.event;

import java.util.Locale;
import java.util.Optional;

/// How urgent an event is. Each priority has lanes of its own, so that no amount of a lower one delays a higher one.
/// [#code()] is what the database holds; lower is more urgent.
public enum Priority {
    CRITICAL,
    HIGH,
    NORMAL,
    BULK;

    private static final Priority[] BY_CODE = values();

    public int code() {
        return ordinal();
    }

    /// The name in the API: lower case.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Priority ofCode(int code) {
        return BY_CODE[code];
    }

    public static Optional<Priority> ofLabel(String label) {
        for (Priority priority : BY_CODE) {
            if (priority.label().equals(label)) {
                return Optional.of(priority);
            }
        }
        return Optional.empty();
    }
}
