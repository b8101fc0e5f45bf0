package io.belfry.core.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a notification repeats itself until its recipient acknowledges it.
///
/// @param every how long it waits each time
/// @param times how often it repeats itself at most
/// @param next who gets it when nobody acknowledged it
public record EscalationRule(Duration every, int times, Optional<Next> next) {
    public static final Duration SHORTEST = Duration.ofSeconds(10);
    public static final Duration LONGEST = Duration.ofDays(1);
    public static final int MAX_TIMES = 100;
    public static final int MAX_NEXT = 100;
    public static final String EXPECTED = "a duration as in ISO 8601, PT10S to P1D";

    /// Others, who get an event of the same content.
    ///
    /// @param after how long nobody acknowledged it
    public record Next(List<String> recipients, Duration after) {
        public Next {
            recipients = List.copyOf(recipients);
            if (recipients.isEmpty() || recipients.size() > MAX_NEXT || !isWait(after)) {
                throw new IllegalArgumentException(
                        recipients.size() + " recipients after " + after + " (expected: 1 to " + MAX_NEXT + ")");
            }
        }
    }

    public EscalationRule {
        if (!isWait(every) || times < 1 || times > MAX_TIMES) {
            throw new IllegalArgumentException(
                    "every: " + every + ", times: " + times + " (expected: " + EXPECTED + ", 1 to " + MAX_TIMES + ")");
        }
    }

    public static boolean isWait(Duration wait) {
        return wait.compareTo(SHORTEST) >= 0 && wait.compareTo(LONGEST) <= 0;
    }
}
