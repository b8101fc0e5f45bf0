package io.belfry.dispatcher.failpoint;

import io.micronaut.core.annotation.Nullable;
import jakarta.inject.Singleton;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a dispatcher stop dead at one step, so that a test can kill it exactly there. Nothing is set in production, and
/// then a step costs one comparison. Thread-safe.
@Singleton
public final class Failpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Failpoints.class);

    private final @Nullable Failpoint armed;
    private final AtomicInteger passes;
    private final CountDownLatch never = new CountDownLatch(1);

    public Failpoints(FailpointSettings settings) {
        this.armed = settings.at();
        this.passes = new AtomicInteger(settings.passes());
        if (armed != null) {
            LOG.warn("This dispatcher will stop dead at {}: that is for tests alone", armed);
        }
    }

    public boolean isArmed(Failpoint point) {
        return armed == point;
    }

    /// Comes back at once, but at the step that is set: there it waits to be killed.
    public void reached(Failpoint point) {
        if (isArmed(point) && passes.getAndDecrement() <= 0) {
            LOG.warn("Failpoint {} is reached", point);
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
