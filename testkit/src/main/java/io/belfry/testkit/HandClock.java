package io.belfry.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that stands still until it is moved, in UTC. Safe for use by several threads.
public final class HandClock extends Clock {
    private volatile Instant now;

    public HandClock(Instant now) {
        this.now = now;
    }

    public synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /// A clock of that zone that is moved with this one.
    @Override
    public Clock withZone(ZoneId zone) {
        InstantSource moved = this::instant;
        return moved.withZone(zone);
    }
}
