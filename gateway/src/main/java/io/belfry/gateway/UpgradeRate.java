package io.belfry.gateway;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// How fast new connections may come to this node: evenly, with bursts of what comes in a second. What is above that
/// would only wait for the database, until clients give up and come again. Thread-safe.
@Singleton
final class UpgradeRate {
    private static final long BURST_NANOS = Duration.ofSeconds(1).toNanos();

    private final long nanosPerUpgrade;

    /// When the next one would come if they came evenly.
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    UpgradeRate(GatewaySettings settings) {
        this.nanosPerUpgrade = BURST_NANOS / settings.limits().upgradesPerSecond();
    }

    /// @return whether one more may come now; then it is counted
    boolean allows() {
        long now = System.nanoTime();
        while (true) {
            long next = nextNanos.get();
            long from = next - now > 0 ? next : now;
            if (from - now > BURST_NANOS - nanosPerUpgrade) {
                return false;
            }
            if (nextNanos.compareAndSet(next, from + nanosPerUpgrade)) {
                return true;
            }
        }
    }
}
