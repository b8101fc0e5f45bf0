package io.belfry.dispatcher.push;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waits that grow exponentially, with full jitter: uniform between nothing and the bound, so that what failed together
/// is not tried again together. A wait the other side asked for is a lower limit, to which the jitter is added.
/// Immutable; as thread-safe as its source of randomness.
///
/// @param initial the bound after the first failure, doubling with each further one
/// @param max what the bound never exceeds
record Backoff(Duration initial, Duration max, RandomGenerator random) {
    Backoff {
        if (initial.isNegative() || initial.isZero()) {
            throw new IllegalArgumentException("initial: " + initial + " (expected: > 0)");
        }
        if (max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("max: " + max + " (expected: >= initial, " + initial + ")");
        }
    }

    /// How long to wait after the `failures`-th failure in a row.
    Duration after(int failures) {
        return Duration.ofNanos((long) (random.nextDouble() * bound(failures).toNanos()));
    }

    /// As above, but never before `asked` has passed.
    Duration after(int failures, Duration asked) {
        return asked.plus(after(failures));
    }

    private Duration bound(int failures) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures: " + failures + " (expected: > 0)");
        }
        // 2^30 times even a millisecond is past every sensible maximum; more would overflow.
        Duration grown = initial.multipliedBy(1L << Math.min(failures - 1, 30));
        return grown.compareTo(max) < 0 ? grown : max;
    }
}
