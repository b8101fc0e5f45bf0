package io.belfry.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that blocks, taken off the event loops: items queue up while earlier ones are worked on, and the next free
/// virtual thread takes as many as make a batch. So nothing waits for a batch to fill, and under load batches grow.
/// Bounded in queue and in threads. Thread-safe.
final class Batcher<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final String name;
    private final int maxBatch;
    private final int maxThreads;
    private final int capacity;
    private final Consumer<List<T>> work;
    private final ArrayDeque<T> queue = new ArrayDeque<>();
    private final AtomicInteger named = new AtomicInteger();
    private int threads;

    /// @param work takes a batch on a virtual thread, and settles every item of it whatever happens
    Batcher(String name, int maxBatch, int maxThreads, int capacity, Consumer<List<T>> work) {
        this.name = name;
        this.maxBatch = maxBatch;
        this.maxThreads = maxThreads;
        this.capacity = capacity;
        this.work = work;
    }

    /// Does not block.
    ///
    /// @return false when the queue is full: the item was not taken
    boolean offer(T item) {
        synchronized (queue) {
            if (queue.size() >= capacity) {
                return false;
            }
            queue.add(item);
            if (threads == maxThreads) {
                return true;
            }
            threads++;
        }
        Thread.ofVirtual()
                .name("gateway-" + name + "-" + named.incrementAndGet())
                .start(this::run);
        return true;
    }

    private void run() {
        for (List<T> batch = next(); !batch.isEmpty(); batch = next()) {
            try {
                work.accept(batch);
            } catch (RuntimeException | Error e) {
                // The thread lives on: there would be one less for ever.
                LOG.error("{} failed", name, e);
            }
        }
    }

    private List<T> next() {
        synchronized (queue) {
            var batch = new ArrayList<T>(Math.min(maxBatch, queue.size()));
            while (batch.size() < maxBatch && !queue.isEmpty()) {
                batch.add(queue.poll());
            }
            if (batch.isEmpty()) {
                threads--;
            }
            return batch;
        }
    }
}
