package io.belfry.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway's figures, `belfry.gateway.…`, told in docs/OPERATIONS.md. Thread-safe; cheap enough for the hot path.
@Singleton
final class GatewayMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayMetrics.class);

    private final MeterRegistry registry;
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder slow = new LongAdder();
    private final Map<Handshake, Counter> handshakes;
    private final Map<Outcome, Counter> connects;
    private final Map<Disconnect, Counter> closes;
    private final Map<Guard, Counter> limits;
    private final Map<Drop, Counter> drops;
    private final Map<Speech, Counter> opened;
    private final Map<Speech, Map<ClientSdk, LongAdder>> clients = new EnumMap<>(Speech.class);
    private final Counter closedByClient;
    private final Counter lost;
    private final Counter recovered;
    private final Counter reloads;
    private final Counter stalls;
    private final Counter gaps;
    private final Counter catchUps;
    private final Counter reconciled;
    private final Counter receiptsSaved;
    private final Counter hastened;
    private final Counter databaseFailures;
    private final Counter feedsLost;
    private final Counter bugs;
    private final Timer receiptLatency;
    private final Timer loopDelay;

    /// What became of a request that wants a connection.
    enum Handshake {
        AGREED,
        /// No proper upgrade.
        IMPROPER,
        FOREIGN_ORIGIN,
        DRAINING,
        NODE_FULL,
        ADDRESS_FULL,
        TOO_FAST
    }

    /// How a connect command ended.
    enum Outcome {
        CONNECTED,
        EXPIRED,
        INVALID_TOKEN,
        CONNECTION_LIMIT,
        CROWDED,
        FAILED
    }

    /// Why something was not handed on to a client at once. Publications are caught up from the log, but for those of
    /// channels without a history.
    enum Drop {
        /// The client does not take in what was written before.
        SLOW_CLIENT,
        /// Too much waits for the client's event loop.
        BUSY_LOOP,
        /// Nobody here wants it any more.
        NO_CONNECTION,
        /// A receipt: too many wait for the database.
        RECEIPT_BACKLOG
    }

    /// How a connection speaks.
    enum Speech {
        JSON,
        PROTOBUF,
        UNI,
        EVENTS
    }

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        FunctionCounter.builder("belfry.gateway.deliveries", deliveries, LongAdder::sum)
                .description("Publications written to connections")
                .register(registry);
        gauge("lagging", "Connections that take in nothing at the moment", slow, LongAdder::sum);
        handshakes = counters(Handshake.class, "handshakes", "Requests for a connection by outcome", "outcome");
        connects = counters(Outcome.class, "connects", "Connect commands by how they ended", "outcome");
        closes = counters(Disconnect.class, "closes", "Connections closed, by code", "code", why -> "" + why.code());
        limits = counters(Guard.class, "limits", "Times that a limit was hit, by its setting", "limit", Guard::setting);
        drops = counters(Drop.class, "drops", "What was not handed on at once, by reason", "reason");
        opened = counters(Speech.class, "opened", "Connections opened", "kind");
        closedByClient = counter("closes", "Connections closed, by code", "code", "client");
        lost = counter("closes", "Connections closed, by code", "code", "none");
        recovered = counter("recoveries", "Clients that came back, by what they got", "outcome", "recovered");
        reloads = counter("recoveries", "Clients that came back, by what they got", "outcome", "reload");
        stalls = counter("stalls", "Times that a client stopped taking in");
        gaps = counter("gaps", "Publications that came without those before them");
        catchUps = counter("catchups", "Readings of a log for a client");
        reconciled = counter("reconciled", "Users whose offsets were compared with the database");
        receiptsSaved = counter("receipts", "Receipts saved");
        hastened = counter("hastened", "Pushes made due because a socket died");
        databaseFailures = counter("database.failures", "Queries that failed");
        feedsLost = counter("feed.losses", "Times that a connection to Redis for feeds was lost");
        bugs = counter("bugs", "Connections closed for an error of the gateway itself");
        receiptLatency = timer("receipt.latency", "From a ping to its answer", 5, 20, 50, 100, 250, 1_000, 5_000);
        loopDelay = timer("loop.delay", "How late an event loop does what is due", 1, 5, 20, 50, 100, 250, 1_000);
        for (Speech speech : Speech.values()) {
            clients.put(speech, new EnumMap<>(ClientSdk.class));
            for (ClientSdk sdk : ClientSdk.values()) {
                clients.get(speech).put(sdk, clients(speech, sdk));
            }
        }
    }

    private LongAdder clients(Speech speech, ClientSdk sdk) {
        var connected = new LongAdder();
        Gauge.builder("belfry.gateway.clients", connected, LongAdder::sum)
                .description("Clients that are let in, by what they say they are and how they speak")
                .tags("sdk", sdk.label(), "kind", label(speech))
                .register(registry);
        return connected;
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

    private <E extends Enum<E>> Map<E, Counter> counters(Class<E> all, String name, String description, String tag) {
        return counters(all, name, description, tag, GatewayMetrics::label);
    }

    private <E extends Enum<E>> Map<E, Counter> counters(
            Class<E> all, String name, String description, String tag, Function<E, String> label) {
        return Arrays.stream(all.getEnumConstants())
                .collect(Collectors.toMap(
                        Function.identity(),
                        one -> counter(name, description, tag, label.apply(one)),
                        (one, same) -> one,
                        () -> new EnumMap<>(all)));
    }

    /// @param millis the bounds of its buckets
    private Timer timer(String name, String description, long... millis) {
        return Timer.builder("belfry.gateway." + name)
                .description(description)
                .serviceLevelObjectives(
                        Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .register(registry);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder("belfry.gateway." + name, of, value)
                .description(description)
                .register(registry);
    }

    // What is measured when it is asked for -----------------------------------------------------------------------

    void sockets(AtomicInteger open) {
        gauge("connections", "Open connections of clients", open, AtomicInteger::get);
    }

    void feeds(Map<String, Feed> feeds) {
        gauge("users", "Users with connections here", feeds, Map::size);
    }

    void channels(Map<String, ChannelFeed> channels) {
        gauge("channels", "Plain channels with subscribers here", channels, Map::size);
    }

    void lines(FeedSubscriptions subscriptions) {
        gauge(
                "feed.troubles",
                "Connections to Redis that do not bring what they should",
                subscriptions,
                s -> s.troubles().size());
        gauge("feed.unconfirmed", "Feeds that Redis has yet to confirm", subscriptions, FeedSubscriptions::unconfirmed);
    }

    /// @param name of the way in which event loops wait for sockets: `io_uring`, `epoll`, `nio`
    void transport(String name) {
        Gauge.builder("belfry.gateway.transport", () -> 1)
                .description("1 for the transport that the event loops of clients use")
                .tag("transport", name)
                .register(registry);
    }

    // What is counted ---------------------------------------------------------------------------------------------

    void shook(Handshake outcome) {
        handshakes.get(outcome).increment();
    }

    void opened(Speech speech) {
        opened.get(speech).increment();
    }

    void connected(Outcome outcome) {
        connects.get(outcome).increment();
    }

    /// A client that came back got what it missed, in a channel.
    void recovered() {
        recovered.increment();
    }

    /// A client that came back missed more than it may be sent, or what nobody knows any more, and has to reload.
    void reloads() {
        reloads.increment();
    }

    void entered(Speech speech, ClientSdk sdk) {
        clients.get(speech).get(sdk).increment();
    }

    void exited(Speech speech, ClientSdk sdk) {
        clients.get(speech).get(sdk).decrement();
    }

    void hit(Guard guard) {
        limits.get(guard).increment();
    }

    void dropped(Drop why) {
        drops.get(why).increment();
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
        slow.increment();
    }

    /// A client that had stalled takes in again, or is gone.
    void stallEnded() {
        slow.decrement();
    }

    void gap() {
        gaps.increment();
    }

    void caughtUp() {
        catchUps.increment();
    }

    void reconciled(int users) {
        reconciled.increment(users);
    }

    void receiptsSaved(int receipts) {
        receiptsSaved.increment(receipts);
    }

    void answeredAfter(long nanos) {
        receiptLatency.record(nanos, TimeUnit.NANOSECONDS);
    }

    void loopLate(long nanos) {
        loopDelay.record(nanos, TimeUnit.NANOSECONDS);
    }

    void hastened(int pushes) {
        hastened.increment(pushes);
    }

    void called(String method) {
        counter("calls", "RPCs", "method", Rpcs.METHODS.contains(method) ? method : "unknown")
                .increment();
    }

    void feedLost() {
        feedsLost.increment();
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
