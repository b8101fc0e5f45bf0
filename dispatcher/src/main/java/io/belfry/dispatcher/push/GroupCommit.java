package io.belfry.dispatcher.push;

import io.belfry.core.database.DatabaseFault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what many threads have to write in shared commits: what comes while one is under way goes with the next. A
/// group that the database refuses is tried again one by one; while the database is away it is tried again until
/// patience ends. Thread-safe; its callers bound the queue, since each waits for its own item.
public final class GroupCommit<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int MAX_GROUP = 500;
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final String name;
    private final Duration patience;
    private final Writer<T> writer;
    private final BlockingQueue<Waiting<T>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean stopping;

    /// Guarded by the queue: nothing is taken any more.
    private boolean closed;

    /// Writes a group and commits it.
    public interface Writer<T> {
        void write(List<T> group) throws SQLException;
    }

    private record Waiting<T>(T item, CompletableFuture<Boolean> written) {}

    /// @param patience how long a group may wait for a database that is away
    public GroupCommit(String name, Duration patience, Writer<T> writer) {
        this.name = name;
        this.patience = patience;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /// Blocks until it is committed, or given up.
    ///
    /// @return false when it is not known to be written
    public boolean write(T item) {
        var waiting = new Waiting<>(item, new CompletableFuture<Boolean>());
        synchronized (queue) {
            if (closed) {
                return false;
            }
            queue.add(waiting);
        }
        return waiting.written.join();
    }

    /// How many wait for the next commit.
    int waiting() {
        return queue.size();
    }

    private void run() {
        var group = new ArrayList<Waiting<T>>();
        try {
            while (!stopping || !queue.isEmpty()) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group, MAX_GROUP - 1);
                write(group, System.nanoTime() + patience.toNanos());
            }
        } catch (InterruptedException e) {
            giveUp(group);
        }
        synchronized (queue) {
            closed = true;
            giveUp(List.copyOf(queue));
        }
    }

    private void write(List<Waiting<T>> group, long until) throws InterruptedException {
        while (true) {
            try {
                writer.write(group.stream().map(Waiting::item).toList());
                group.forEach(waiting -> waiting.written.complete(true));
                return;
            } catch (SQLException | RuntimeException e) {
                if (!DatabaseFault.isPassing(e) && group.size() > 1) {
                    for (Waiting<T> one : group) {
                        write(List.of(one), until);
                    }
                    return;
                }
                if (!DatabaseFault.isPassing(e) || stopping || System.nanoTime() > until) {
                    LOG.warn("{}: {} could not be written: {}", name, group.size(), e.getMessage());
                    giveUp(group);
                    return;
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    private void giveUp(List<Waiting<T>> group) {
        group.forEach(waiting -> waiting.written.complete(false));
    }

    /// Writes what there is, for a moment, and ends.
    @Override
    public void close() {
        stopping = true;
        try {
            for (int i = 0; i < 20 && !queue.isEmpty(); i++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            thread.interrupt();
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
