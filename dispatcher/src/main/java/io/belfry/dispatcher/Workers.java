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

/// The threads that dispatch. Each priority has its own, so that bulk never holds a worker that a critical event needs.
/// They are woken by signals, and look by themselves every now and then in case one was lost.
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
            Semaphore work = new Semaphore(0);
            signals.on(Signal.eventsOf(priority), work::release);
            for (int i = 0; i < settings.workersPerPriority(); i++) {
                threads.add(Thread.ofPlatform()
                        .name("dispatch-" + priority.label() + "-" + i)
                        .daemon()
                        .start(() -> work(priority, work)));
            }
        }
    }

    private void work(Priority priority, Semaphore work) {
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
                lanes = progress == Dispatcher.Progress.PART ? 1 : Lanes.PARTITIONS;
                singly = Math.max(0, singly - 1);
                if (progress == Dispatcher.Progress.NOTHING) {
                    singly = 0;
                    work.tryAcquire(settings.pollEvery().toMillis(), TimeUnit.MILLISECONDS);
                    work.drainPermits();
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
