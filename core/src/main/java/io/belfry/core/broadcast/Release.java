package io.belfry.core.broadcast;

import io.belfry.core.user.Bucket;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// When a broadcast leaves, and how its waves begin.
///
/// @param startsAt by itself, once it was let go; empty: at once
/// @param zone in which that time was chosen
/// @param canary a first wave of another size than the rest
public record Release(Optional<Instant> startsAt, Optional<ZoneId> zone, Optional<Canary> canary) {
    /// At once, in even waves.
    public static final Release AT_ONCE = new Release(Optional.empty(), Optional.empty(), Optional.empty());

    /// A first part that is watched before the rest follows.
    ///
    /// @param percent of the audience, 1 to 99, to within the evenness of its buckets
    /// @param pause until the rest follows; empty where it waits for a person
    public record Canary(int percent, Optional<Duration> pause) {
        public Canary {
            if (percent < 1 || percent > 99) {
                throw new IllegalArgumentException("canary: " + percent + " percent (expected: 1 to 99)");
            }
        }

        /// Of the buckets of all users.
        int buckets() {
            return Math.max(1, percent * Bucket.COUNT / 100);
        }

        static Canary ofBuckets(int buckets, Optional<Duration> pause) {
            return new Canary(Math.clamp(Math.round(buckets * 100f / Bucket.COUNT), 1, 99), pause);
        }
    }

    /// The share of the audience that so many waves address, 0 to 1.
    public double share(int wavesDone, int waves) {
        if (canary.isEmpty() || wavesDone == 0 || waves == 1) {
            return wavesDone / (double) waves;
        }
        double first = canary.get().buckets() / (double) Bucket.COUNT;
        return first + (1 - first) * (wavesDone - 1) / (waves - 1);
    }
}
