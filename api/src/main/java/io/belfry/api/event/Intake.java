package io.belfry.api.event;

import io.belfry.core.event.Appended;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// Group commit: requests that arrive while a commit is under way share the next one, which is what makes a durable 202
/// cheap. Thread-safe; [#accept] does not block.
@Singleton
public class Intake {
    private final EventStore store;
    private final Signals signals;
    private final IntakeSettings settings;
    /// Bounded by `room`, which counts events, where the queue would count requests.
    private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final Semaphore room;
    private final List<Thread> writers = new ArrayList<>();
    private final Counter accepted;
    private final Counter refused;
    private volatile boolean stopping;

    /// The events of one request.
    private record Waiting(List<NewEvent> events, CompletableFuture<List<Optional<Appended>>> answer) {}

    Intake(EventStore store, Signals signals, IntakeSettings settings, MeterRegistry metrics) {
        this.store = store;
        this.signals = signals;
        this.settings = settings;
        this.room = new Semaphore(settings.queue());
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

    /// @param events of one request, no more than a batch may have
    /// @return what became of each once that is durable, in their order; empty for one where it is not known to be:
    ///     the database is away, or was lost while it committed. The caller may try again with the same idempotency
    ///     key
    CompletableFuture<List<Optional<Appended>>> accept(List<NewEvent> events) {
        Waiting waiting = new Waiting(events, new CompletableFuture<>());
        if (stopping || !room.tryAcquire(events.size())) {
            refused.increment(events.size());
            waiting.answer.complete(EventStore.unknown(events));
        } else {
            queue.add(waiting);
        }
        return waiting.answer;
    }

    private void write() {
        var group = new ArrayList<Waiting>();
        try {
            while (!stopping || !queue.isEmpty()) {
                group.clear();
                gather(group);
                store(group);
            }
        } catch (InterruptedException e) {
            group.forEach(this::refuse);
        }
    }

    private void gather(List<Waiting> group) throws InterruptedException {
        Waiting next = queue.take();
        int events = 0;
        while (next != null) {
            group.add(next);
            events += next.events.size();
            room.release(next.events.size());
            next = events < settings.groupSize() ? queue.poll() : null;
        }
    }

    private void store(List<Waiting> group) {
        List<NewEvent> events =
                group.stream().flatMap(waiting -> waiting.events.stream()).toList();
        List<Optional<Appended>> outcomes = store.append(events);
        wake(events, outcomes);
        int from = 0;
        for (Waiting waiting : group) {
            int to = from + waiting.events.size();
            waiting.answer.complete(List.copyOf(outcomes.subList(from, to)));
            from = to;
        }
    }

    private void wake(List<NewEvent> events, List<Optional<Appended>> outcomes) {
        var priorities = EnumSet.noneOf(Priority.class);
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i).isEmpty()) {
                refused.increment();
            } else if (outcomes.get(i).get() instanceof Appended.Stored) {
                accepted.increment();
                if (events.get(i).options().deliverAt().isEmpty()) {
                    priorities.add(Lanes.priorityOf(events.get(i).lane()));
                }
            }
        }
        priorities.forEach(priority -> signals.raise(Signal.eventsOf(priority)));
    }

    private void refuse(Waiting waiting) {
        if (waiting.answer.complete(EventStore.unknown(waiting.events))) {
            refused.increment(waiting.events.size());
        }
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
