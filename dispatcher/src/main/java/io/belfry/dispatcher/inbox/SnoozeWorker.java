package io.belfry.dispatcher.inbox;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.Returns;
import io.belfry.core.inbox.Returns.Returned;
import io.belfry.core.push.PushTimers;
import io.belfry.dispatcher.DispatcherSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.util.ArrayList;
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
    private final Feeds feeds;
    private final PushTimers timers;
    private final DispatcherSettings settings;
    private final Counter returned;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("snoozes").factory());
    private boolean isFailing;

    SnoozeWorker(Returns returns, Feeds feeds, PushTimers timers, DispatcherSettings settings, MeterRegistry metrics) {
        this.returns = returns;
        this.feeds = feeds;
        this.timers = timers;
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
        } catch (SQLException | RuntimeException e) {
            if (!isFailing) {
                LOG.warn("Snoozed notifications wait, since the database failed: {}", e.getMessage());
            }
            isFailing = true;
        }
    }

    private void publish(List<Returned> back) throws SQLException {
        returned.increment(back.size());
        List<Long> listeners = feeds.publish(back.stream()
                        .map(one -> new Feeds.Publication(
                                FeedNames.inbox(one.userId()),
                                new FeedMessage(
                                                one.change().offset(),
                                                FeedMessage.Receipt.WANTED,
                                                one.change().data())
                                        .encode()))
                        .toList())
                .join();
        var offline = new ArrayList<PushTimers.Hasten>();
        for (int i = 0; i < back.size(); i++) {
            if (listeners.get(i) == 0) {
                offline.add(new PushTimers.Hasten(
                        back.get(i).userId(), back.get(i).change().offset(), settings.offlineGrace()));
            }
        }
        if (!offline.isEmpty()) {
            timers.hasten(offline);
        }
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
