package io.belfry.dispatcher.inbox;

import io.belfry.core.database.Rounds;
import io.belfry.core.escalation.Escalations;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.Repeats;
import io.belfry.core.inbox.Repeats.Repeated;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.DispatcherSettings;
import io.belfry.dispatcher.Publisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// Repeats what is not acknowledged, and hands it over to the next in time. Every dispatcher does it: what one has in
/// hand, the others pass over.
@Context
final class EscalationWorker {
    private static final int PAGE = 50;

    private final Repeats repeats;
    private final Escalations escalations;
    private final Publisher publisher;
    private final Signals signals;
    private final Clock clock;
    private final DispatcherSettings settings;
    private final Counter repeated;
    private final Rounds rounds;

    EscalationWorker(
            Repeats repeats,
            Escalations escalations,
            Publisher publisher,
            Signals signals,
            Clock clock,
            DispatcherSettings settings,
            MeterRegistry metrics) {
        this.repeats = repeats;
        this.escalations = escalations;
        this.publisher = publisher;
        this.signals = signals;
        this.clock = clock;
        this.settings = settings;
        this.rounds = new Rounds("escalations", "Alerts", settings.schedulePoll(), this::look);
        this.repeated = Counter.builder("belfry.notifications.repeated")
                .description("Repetitions of notifications that were not acknowledged")
                .register(metrics);
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    private boolean look() {
        List<Repeated> page = repeats.next(settings.batchEvents());
        publish(page);
        Set<Priority> handedOver = escalations.handOverDue(clock.instant(), PAGE);
        handedOver.forEach(priority -> signals.raise(Signal.eventsOf(priority)));
        return !page.isEmpty() || !handedOver.isEmpty();
    }

    private void publish(List<Repeated> page) {
        repeated.increment(page.size());
        publisher.publish(page.stream()
                .map(one -> new Publisher.Arrival(one.userId(), one.change(), one.priority(), true))
                .toList());
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
