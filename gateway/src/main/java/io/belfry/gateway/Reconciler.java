package io.belfry.gateway;

import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxStanding;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Compares what connections were given with where the inboxes stand, many users a query: after Redis was away, for the
/// users it concerns; and slowly, round and round, for all, since a publication may always be lost. While Redis is away
/// the rounds are quicker: they are then how publications come. Thread-safe; does not block. When the database does not
/// answer, the next round does it.
@Singleton
final class Reconciler {
    private static final int MAX_BATCH = 500;

    private final InboxLog log;
    private final Registry registry;
    private final GatewayMetrics metrics;
    private final Batcher<Feed> feeds;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("gateway-reconcile").factory());
    private final FeedSubscriptions subscriptions;
    private final long secondsPerRound;
    private final long secondsWithoutRedis;
    private Iterator<Feed> round;

    Reconciler(
            InboxLog log,
            Registry registry,
            FeedSubscriptions subscriptions,
            GatewaySettings settings,
            GatewayMetrics metrics) {
        this.log = log;
        this.registry = registry;
        this.subscriptions = subscriptions;
        this.metrics = metrics;
        this.feeds = new Batcher<>(
                "reconcile",
                MAX_BATCH,
                1,
                settings.feeds().connections() * settings.feeds().channelsPerConnection(),
                this::compare);
        this.secondsPerRound = Math.max(1, settings.feeds().reconcileEvery().toSeconds());
        this.secondsWithoutRedis =
                Math.max(1, settings.feeds().reconcileEveryWithoutRedis().toSeconds());
        this.round = registry.feeds().iterator();
        rounds.scheduleWithFixedDelay(this::goOn, 1, 1, TimeUnit.SECONDS);
    }

    void add(Feed feed) {
        feeds.offer(feed);
    }

    private void goOn() {
        long seconds = subscriptions.troubles().isEmpty() ? secondsPerRound : secondsWithoutRedis;
        long due = Math.ceilDiv(registry.feeds().size(), seconds);
        for (; due > 0 && round.hasNext(); due--) {
            add(round.next());
        }
        if (!round.hasNext()) {
            round = registry.feeds().iterator();
        }
    }

    private void compare(List<Feed> batch) {
        Map<String, InboxStanding> standings;
        try {
            standings = log.standings(
                    batch.stream().map(feed -> feed.user).distinct().toList());
        } catch (RuntimeException e) {
            metrics.databaseFailed(e);
            return;
        }
        metrics.reconciled(batch.size());
        for (Loop loop : registry.loops()) {
            if (loop.executor.isShuttingDown()) {
                continue;
            }
            loop.executor.execute(() -> {
                for (Feed feed : batch) {
                    reconcile(feed.sessions().first(loop.index), standings.get(feed.user));
                }
            });
        }
    }

    /// A user may have been erased, and nobody could tell the connections.
    private static void reconcile(Session first, InboxStanding standing) {
        Session next;
        for (Session s = first; s != null; s = next) {
            next = s.next();
            if (s.isLive() && !s.epoch().equals(standing.epoch())) {
                s.connection().disconnect(Disconnect.INSUFFICIENT_STATE);
            } else {
                s.inbox().reconcile(standing.position().head());
            }
        }
    }

    @PreDestroy
    void close() {
        rounds.shutdownNow();
    }
}
