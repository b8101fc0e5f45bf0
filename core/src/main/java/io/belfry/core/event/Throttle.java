package io.belfry.core.event;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// At most so many notifications that make themselves heard, per user, key and window. What is beyond goes into the
/// inbox all the same.
///
/// @param limit `>= 1`
/// @param excess what becomes of the pushes beyond it
public record Throttle(int limit, Duration window, Excess excess) {
    public static final int MAX_LIMIT = 10_000;
    public static final Duration MAX_WINDOW = Duration.ofDays(30);
    public static final String LIMIT_EXPECTED = "1 to 10000";
    public static final String WINDOW_EXPECTED = "a duration from PT1S to P30D";

    public Throttle {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: " + LIMIT_EXPECTED + ")");
        }
        if (!isWindow(window)) {
            throw new IllegalArgumentException("window: " + window + " (expected: " + WINDOW_EXPECTED + ")");
        }
    }

    /// What becomes of the pushes beyond the limit.
    public enum Excess {
        /// There are none.
        SILENT,
        /// They wait for a window with room.
        DEFERRED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Excess> ofLabel(String label) {
            for (Excess excess : values()) {
                if (excess.label().equals(label)) {
                    return Optional.of(excess);
                }
            }
            return Optional.empty();
        }
    }

    /// Whether it may be the length of a window.
    public static boolean isWindow(Duration window) {
        return window.compareTo(Duration.ofSeconds(1)) >= 0 && window.compareTo(MAX_WINDOW) <= 0;
    }
}
