package io.belfry.dispatcher.inbox;

import io.belfry.core.database.Rounds;
import io.belfry.core.inbox.Returns;
import io.belfry.core.inbox.Returns.Returned;
import io.belfry.dispatcher.DispatcherSettings;
import io.belfry.dispatcher.Publisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.List;

/// Brings snoozed notifications back when they are due, and tells the devices. Every dispatcher does it: inboxes that
/// one has in hand, the others pass over.
@Context
final class SnoozeWorker {

    private final Returns returns;
    private final Publisher publisher;
    private final DispatcherSettings settings;
    private final Counter returned;
    private final Rounds rounds;

    SnoozeWorker(Returns returns, Publisher publisher, DispatcherSettings settings, MeterRegistry metrics) {
        this.returns = returns;
        this.publisher = publisher;
        this.settings = settings;
        this.rounds = new Rounds("snoozes", "Snoozed notifications", settings.schedulePoll(), this::look);
        this.returned = Counter.builder("belfry.snoozes.returned")
                .description("Snoozed notifications that came back to their inboxes")
                .register(metrics);
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    private boolean look() {
        List<Returned> back = returns.next(settings.batchEvents());
        publish(back);
        return !back.isEmpty();
    }

    private void publish(List<Returned> back) {
        returned.increment(back.size());
        publisher.publish(back.stream()
                .map(one -> new Publisher.Arrival(one.userId(), one.change(), one.priority(), true))
                .toList());
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
