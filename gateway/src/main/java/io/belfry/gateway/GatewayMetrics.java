package io.belfry.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway's figures, `belfry.gateway.…`. Thread-safe; cheap enough for the hot path.
@Singleton
final class GatewayMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayMetrics.class);
    private static final Set<String> METHODS =
            Set.of("inbox.list", "inbox.counts", "inbox.markRead", "inbox.markSeen", "announcements.markRead");

    private final MeterRegistry registry;
    private final LongAdder deliveries = new LongAdder();
    private final Map<Outcome, Counter> connects = new EnumMap<>(Outcome.class);
    private final Map<Disconnect, Counter> closes = new EnumMap<>(Disconnect.class);
    private final Counter closedByClient;
    private final Counter lost;
    private final Counter stalls;
    private final Counter lags;
    private final Counter gaps;
    private final Counter catchUps;
    private final Counter overflows;
    private final Counter orphans;
    private final Counter reconciled;
    private final Counter receiptsSaved;
    private final Counter receiptsDropped;
    private final Counter hastened;
    private final Counter databaseFailures;
    private final Counter presenceFull;
    private final Counter bugs;

    /// How a connect command ended.
    enum Outcome {
        CONNECTED,
        EXPIRED,
        INVALID_TOKEN,
        CONNECTION_LIMIT,
        CROWDED,
        FAILED
    }

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        FunctionCounter.builder("belfry.gateway.deliveries", deliveries, LongAdder::sum)
                .description("Publications written to connections")
                .register(registry);
        Arrays.stream(Outcome.values())
                .forEach(outcome -> connects.put(
                        outcome, counter("connects", "Connect commands by how they ended", "outcome", label(outcome))));
        Arrays.stream(Disconnect.values())
                .forEach(disconnect -> closes.put(
                        disconnect, counter("closes", "Connections closed, by code", "code", "" + disconnect.code())));
        this.closedByClient = counter("closes", "Connections closed, by code", "code", "client");
        this.lost = counter("closes", "Connections closed, by code", "code", "none");
        this.stalls = counter("stalls", "Times that a client stopped taking in");
        this.lags = counter("lags", "Times that publications were dropped for a client that did not take in");
        this.gaps = counter("gaps", "Publications that came without those before them");
        this.catchUps = counter("catchups", "Readings of a log for a client");
        this.overflows = counter("overflows", "Publications dropped because an event loop was too far behind");
        this.orphans = counter("orphans", "Messages on feeds that nobody here wants");
        this.reconciled = counter("reconciled", "Users whose offsets were compared with the database");
        this.receiptsSaved = counter("receipts", "Receipts saved");
        this.receiptsDropped = counter("receipts.dropped", "Receipts given up because too many waited");
        this.hastened = counter("hastened", "Pushes made due because a socket died");
        this.databaseFailures = counter("database.failures", "Queries that failed");
        this.presenceFull = counter("presence.full", "Subscriptions refused because a channel with presence was full");
        this.bugs = counter("bugs", "Connections closed for an error of the gateway itself");
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder("belfry.gateway." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    void sockets(AtomicInteger open) {
        Gauge.builder("belfry.gateway.connections", open, AtomicInteger::get)
                .description("Open WebSockets")
                .register(registry);
    }

    void feeds(Map<String, Feed> feeds) {
        Gauge.builder("belfry.gateway.users", feeds, Map::size)
                .description("Users with connections here")
                .register(registry);
    }

    void channels(Map<String, ChannelFeed> channels) {
        Gauge.builder("belfry.gateway.channels", channels, Map::size)
                .description("Plain channels with subscribers here")
                .register(registry);
    }

    void lines(FeedSubscriptions subscriptions) {
        Gauge.builder("belfry.gateway.feed.troubles", subscriptions, s -> s.troubles()
                        .size())
                .description("Connections to Redis that do not bring what they should")
                .register(registry);
    }

    /// @param kind how it speaks
    void opened(String kind) {
        counter("opened", "Connections opened", "kind", kind.toLowerCase(Locale.ROOT))
                .increment();
    }

    void connected(Outcome outcome) {
        connects.get(outcome).increment();
    }

    void closed(Disconnect disconnect) {
        closes.get(disconnect).increment();
    }

    void closedByClient() {
        closedByClient.increment();
    }

    void lost() {
        lost.increment();
    }

    void delivered() {
        deliveries.increment();
    }

    void stalled() {
        stalls.increment();
    }

    void lagged() {
        lags.increment();
    }

    void gap() {
        gaps.increment();
    }

    void caughtUp() {
        catchUps.increment();
    }

    void overflow() {
        overflows.increment();
    }

    void orphaned() {
        orphans.increment();
    }

    void reconciled(int users) {
        reconciled.increment(users);
    }

    void receiptsSaved(int receipts) {
        receiptsSaved.increment(receipts);
    }

    void receiptDropped() {
        receiptsDropped.increment();
    }

    void hastened(int pushes) {
        hastened.increment(pushes);
    }

    void called(String method) {
        counter("calls", "RPCs", "method", METHODS.contains(method) ? method : "unknown")
                .increment();
    }

    void presenceFull() {
        presenceFull.increment();
    }

    void databaseFailed(Throwable failure) {
        databaseFailures.increment();
        LOG.warn("the database did not answer: {}", failure.toString());
    }

    void bug(Throwable cause) {
        bugs.increment();
        LOG.error("a connection was closed", cause);
    }
}
