package io.belfry.core.database;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A small table held in memory and read again now and then: when told, and every few seconds in case the telling was
/// lost. Thread-safe; reading it never blocks after the first time. Keeps the last value while the database is away.
///
/// @param <T> an immutable value
public final class Snapshot<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

    private final String name;
    private final Supplier<T> load;
    private final ScheduledExecutorService thread;
    private volatile T value;

    public Snapshot(String name, Duration every, Supplier<T> load) {
        this.name = name;
        this.load = load;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("snapshot-" + name).factory());
        thread.scheduleWithFixedDelay(this::reload, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The value; loads it now, on this thread, if it was never loaded.
    public T get() {
        T now = value;
        return now == null ? loadOnce() : now;
    }

    private synchronized T loadOnce() {
        if (value == null) {
            value = load.get();
        }
        return value;
    }

    /// Reads it again soon, on another thread.
    public void refresh() {
        try {
            thread.execute(this::reload);
        } catch (RejectedExecutionException closed) {
            // A signal that comes while the node shuts down has nobody left to tell.
        }
    }

    /// Reads it again now, on this thread: for whoever just changed it.
    ///
    /// Loads happen one after another: one that began before the change must not end after this one, and undo it.
    public synchronized void refreshNow() {
        value = load.get();
    }

    private void reload() {
        try {
            refreshNow();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be read again: {}", name, e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
