package io.belfry.benchmarks.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// What arrived at the sockets of one loop. Written by that loop alone; the count can be read by anybody.
final class Arrivals {
    private static final long LONGEST_MICROS = 600_000_000;

    private final AtomicLong count = new AtomicLong();
    private final Histogram latency = new Histogram(LONGEST_MICROS, 3);
    private long duplicates;
    private long reordered;
    private long lastNanos;

    /// @param duplicates that a socket had before
    /// @param reordered that came after a later one
    /// @param lastNanos when the last one came, by the clock of [System#nanoTime]
    record Summary(long count, long duplicates, long reordered, Histogram latency, long lastNanos) {}

    void add(long sentNanos) {
        lastNanos = System.nanoTime();
        latency.recordValue(Math.clamp((lastNanos - sentNanos) / 1_000, 0, LONGEST_MICROS));
        count.lazySet(count.get() + 1);
    }

    void duplicate() {
        duplicates++;
    }

    void reordered() {
        reordered++;
    }

    long count() {
        return count.get();
    }

    /// On the loop.
    Summary summary() {
        return new Summary(count.get(), duplicates, reordered, latency.copy(), lastNanos);
    }

    /// On the loop.
    void forget() {
        count.set(0);
        latency.reset();
        duplicates = 0;
        reordered = 0;
    }
}
