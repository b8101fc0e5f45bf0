package io.belfry.dispatcher;

import io.belfry.core.database.DatabaseFault;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that dispatch. Each priority has its own, so that bulk never holds a worker that a critical event
/// needs. One of them leads: signals wake it, and it looks by itself every now and then in case one was lost. It
/// calls the others when there is a queue.
@Context
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Dispatcher dispatcher;
    private final Signals signals;
    private final DispatcherSettings settings;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Workers(Dispatcher dispatcher, Signals signals, DispatcherSettings settings) {
        this.dispatcher = dispatcher;
        this.signals = signals;
        this.settings = settings;
    }

    @PostConstruct
    void start() {
        for (Priority priority : Priority.values()) {
            Semaphore events = new Semaphore(0);
            Semaphore queue = new Semaphore(0);
            signals.on(Signal.eventsOf(priority), events::release);
            start(priority, 0, new Leader(events, queue));
            for (int i = 1; i < settings.workersPerPriority(); i++) {
                start(priority, i, new Other(queue));
            }
        }
    }

    private void start(Priority priority, int index, Rest rest) {
        threads.add(Thread.ofPlatform()
                .name("dispatch-" + priority.label() + "-" + index)
                .daemon()
                .start(() -> work(priority, rest)));
    }

    /// How a worker learns that there is something to do.
    private interface Rest {
        /// Returns when it may be worth to look.
        void untilCalled() throws InterruptedException;

        /// There is more than this worker can do at a time.
        void callOthers();
    }

    private final class Leader implements Rest {
        private final Semaphore events;
        private final Semaphore queue;

        Leader(Semaphore events, Semaphore queue) {
            this.events = events;
            this.queue = queue;
        }

        /// Signals are forgotten before the look that they are for, never after it: what is committed during the look
        /// comes with a signal of its own.
        @Override
        public void untilCalled() throws InterruptedException {
            events.tryAcquire(settings.pollEvery().toMillis(), TimeUnit.MILLISECONDS);
            events.drainPermits();
        }

        @Override
        public void callOthers() {
            queue.release(Math.max(0, settings.workersPerPriority() - 1 - queue.availablePermits()));
        }
    }

    private record Other(Semaphore queue) implements Rest {
        @Override
        public void untilCalled() throws InterruptedException {
            queue.acquire();
        }

        @Override
        public void callOthers() {
            // The leader does, as long as it finds a queue too.
        }
    }

    private void work(Priority priority, Rest rest) {
        int failures = 0;
        // All lanes at once while there is little, one at a time while there is so much that others can help.
        int lanes = Lanes.PARTITIONS;
        // Events still to be taken singly, since one of them failed its batch.
        int singly = 0;
        while (!stopping) {
            try {
                Dispatcher.Progress progress =
                        singly == 0 ? dispatcher.dispatchNext(priority, lanes) : dispatcher.dispatchOneOrBury(priority);
                failures = 0;
                boolean sawAllLanes = singly == 0 && lanes == Lanes.PARTITIONS;
                singly = progress == Dispatcher.Progress.NOTHING ? 0 : Math.max(0, singly - 1);
                lanes = progress == Dispatcher.Progress.QUEUE ? 1 : Lanes.PARTITIONS;
                switch (progress) {
                    case QUEUE -> rest.callOthers();
                    case AUDIENCE -> {}
                    case ALL, NOTHING -> {
                        if (sawAllLanes) {
                            rest.untilCalled();
                        }
                    }
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                failures++;
                singly = DatabaseFault.isPassing(e) ? 0 : settings.batchEvents();
                if (stopping || !pauseAfter(priority, failures, e)) {
                    return;
                }
            }
        }
    }

    private boolean pauseAfter(Priority priority, int failures, Exception failure) {
        long pause = Math.min(LONGEST_PAUSE.toMillis(), 100L << Math.min(failures, 6));
        if (failures <= 1 || failures % 20 == 0) {
            LOG.warn("Dispatch of {} events failed, again in {} ms: {}", priority.label(), pause, failure.getMessage());
        }
        try {
            TimeUnit.MILLISECONDS.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(2));
        }
    }
}
