package io.belfry.dispatcher.inbox;

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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings snoozed notifications back when they are due, and tells the devices. Every dispatcher does it: inboxes that
/// one has in hand, the others pass over.
@Context
final class SnoozeWorker {
    private static final Logger LOG = LoggerFactory.getLogger(SnoozeWorker.class);

    private final Returns returns;
    private final Publisher publisher;
    private final DispatcherSettings settings;
    private final Counter returned;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("snoozes").factory());
    private boolean isFailing;

    SnoozeWorker(Returns returns, Publisher publisher, DispatcherSettings settings, MeterRegistry metrics) {
        this.returns = returns;
        this.publisher = publisher;
        this.settings = settings;
        this.returned = Counter.builder("belfry.snoozes.returned")
                .description("Snoozed notifications that came back to their inboxes")
                .register(metrics);
    }

    @PostConstruct
    void start() {
        long every = settings.schedulePoll().toMillis();
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            List<Returned> back;
            do {
                back = returns.next(settings.batchEvents());
                publish(back);
            } while (!back.isEmpty());
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.warn("Snoozed notifications wait, since the database failed: {}", e.getMessage());
            }
            isFailing = true;
        }
    }

    private void publish(List<Returned> back) {
        returned.increment(back.size());
        publisher.publish(back.stream()
                .map(one -> new Publisher.Arrival(one.userId(), one.change(), one.priority(), true))
                .toList());
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
