package io.belfry.core.database;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that looks for work every now and then, and at once when it is woken, until there is none. While the
/// database fails it says so once and goes on looking. Thread-safe; nothing here blocks but [#close].
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final String waiting;
    private final Duration every;
    private final BooleanSupplier look;
    private final ScheduledExecutorService thread;
    /// On the thread.
    private boolean isFailing;

    private volatile boolean stopping;

    /// @param name of the thread
    /// @param waiting what waits while the database fails, in the plural, for the log
    /// @param look does a part of what there is to do, and returns whether there may be more
    public Rounds(String name, String waiting, Duration every, BooleanSupplier look) {
        this.waiting = waiting;
        this.every = every;
        this.look = look;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name(name).factory());
    }

    public void start() {
        thread.scheduleWithFixedDelay(this::round, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Looks as soon as the round that is under way is over.
    public void wake() {
        try {
            thread.execute(this::round);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} are left to other nodes, since this one stops", waiting);
        }
    }

    private void round() {
        try {
            boolean more = true;
            while (more && !stopping) {
                more = look.getAsBoolean();
            }
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.warn("{} wait, since the database failed: {}", waiting, e.getMessage());
            }
            isFailing = true;
        }
    }

    /// Waits a moment for the part that is under way.
    @Override
    public void close() {
        stopping = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
