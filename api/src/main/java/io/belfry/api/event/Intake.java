package io.belfry.api.event;

import io.belfry.core.database.DatabaseFault;
import io.belfry.core.event.Appended;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Group commit: events that arrive while a commit is under way share the next one, which is what makes a durable 202
/// cheap. A group that the database refuses is tried again one by one, so that one event never hurts its neighbours;
/// while
/// the database is away the whole group is answered at once, since each further try would cost a time-out. Thread-safe;
/// [#accept] does not block.
@Singleton
public class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final EventLog log;
    private final Signals signals;
    private final IntakeSettings settings;
    private final BlockingQueue<Waiting> queue;
    private final List<Thread> writers = new ArrayList<>();
    private final Counter accepted;
    private final Counter refused;
    private volatile boolean stopping;

    private record Waiting(NewEvent event, CompletableFuture<Optional<Appended>> answer) {}

    Intake(EventLog log, Signals signals, IntakeSettings settings, MeterRegistry metrics) {
        this.log = log;
        this.signals = signals;
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
        this.accepted = Counter.builder("belfry.events.accepted")
                .description("Events committed and answered 202")
                .register(metrics);
        this.refused = Counter.builder("belfry.events.unavailable")
                .description("Events answered 503, since they could not be stored")
                .register(metrics);
        for (int i = 0; i < settings.writers(); i++) {
            writers.add(Thread.ofPlatform().name("intake-" + i).daemon().start(this::write));
        }
    }

    /// @return what became of it once that is durable; empty when it is not known to be: the database is away, or was
    /// lost
    ///     while it committed. The caller may try again with the same idempotency key
    CompletableFuture<Optional<Appended>> accept(NewEvent event) {
        Waiting waiting = new Waiting(event, new CompletableFuture<>());
        if (stopping || !queue.offer(waiting)) {
            refused.increment();
            waiting.answer.complete(Optional.empty());
        }
        return waiting.answer;
    }

    private void write() {
        var group = new ArrayList<Waiting>(settings.groupSize());
        try {
            while (!stopping || !queue.isEmpty()) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group, settings.groupSize() - 1);
                store(group);
            }
        } catch (InterruptedException e) {
            group.forEach(this::refuse);
        }
    }

    private void store(List<Waiting> group) {
        try {
            answer(group, log.append(group.stream().map(Waiting::event).toList()));
        } catch (SQLException | RuntimeException e) {
            if (group.size() > 1 && !DatabaseFault.isPassing(e)) {
                group.forEach(one -> store(List.of(one)));
            } else {
                LOG.warn("{} event(s) could not be stored: {}", group.size(), e.getMessage());
                group.forEach(this::refuse);
            }
        }
    }

    private void answer(List<Waiting> group, List<Appended> outcomes) {
        var wake = EnumSet.noneOf(Priority.class);
        for (int i = 0; i < group.size(); i++) {
            if (outcomes.get(i) instanceof Appended.Stored) {
                accepted.increment();
                wake.add(Lanes.priorityOf(group.get(i).event().lane()));
            }
            group.get(i).answer.complete(Optional.of(outcomes.get(i)));
        }
        wake.forEach(priority -> signals.raise(Signal.eventsOf(priority)));
    }

    private void refuse(Waiting waiting) {
        refused.increment();
        waiting.answer.complete(Optional.empty());
    }

    @PreDestroy
    void close() throws InterruptedException {
        stopping = true;
        for (Thread writer : writers) {
            writer.interrupt();
            writer.join(Duration.ofSeconds(2));
        }
        queue.forEach(this::refuse);
    }
}
