package io.belfry.core.event;

import java.time.Duration;
import java.util.Optional;

/// How an event is gathered with others into one notification for each user.
///
/// @param window how long a digest stays open after the first event; with `longest`, after each
/// @param longest a digest never stays open for longer, however many come; empty for a window that nothing moves
/// @param key events with the same one are gathered together; empty for all of the type
/// @param type of the digest, whose template words it
public record DigestRule(Duration window, Optional<Duration> longest, Optional<String> key, String type) {
    public static final Duration SHORTEST = Duration.ofSeconds(10);
    public static final Duration LONGEST = Duration.ofDays(7);
    public static final String EXPECTED = "a duration as in ISO 8601, PT10S to P7D";

    public DigestRule {
        if (!isWindow(window)
                || longest.filter(l -> !isWindow(l) || l.compareTo(window) < 0).isPresent()) {
            throw new IllegalArgumentException("window: " + window + ", longest: " + longest + " (expected: " + EXPECTED
                    + ", the longest at least the window)");
        }
    }

    public static boolean isWindow(Duration window) {
        return window.compareTo(SHORTEST) >= 0 && window.compareTo(LONGEST) <= 0;
    }

    /// How long one can stay open at most.
    public Duration most() {
        return longest.orElse(window);
    }
}
