package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What clients that read nothing do to those beside them: nothing.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class SlowNeighboursTest {
    private static final int READERS = 100;
    private static final int STUCK = 2;
    private static final int PUBLICATIONS = 80;
    private static final String CHANNEL = "news:all";
    private static final String PADDING = "x".repeat(3_000);

    /// What a machine with other things to do may add.
    private static final Duration NOISE = Duration.ofMillis(150);

    private final TestDatabase database;
    private final RedisServer redis;

    SlowNeighboursTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @Test
    void aFewThatDoNotReadLeaveTheOthersLatencyAsItIs() throws Exception {
        var clients = new ArrayList<RawClient>();
        try (GatewayNode node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.namespaces.news.subscribe",
                        "users",
                        "belfry.gateway.limits.connections-per-user",
                        READERS + STUCK,
                        "belfry.gateway.limits.outbound-bytes",
                        16_384,
                        "belfry.gateway.limits.send-buffer-bytes",
                        16_384,
                        "belfry.gateway.slow-timeout",
                        "1m"))) {
            for (int i = 0; i < READERS; i++) {
                clients.add(subscribed(RawClient.connect(node, "reader")));
            }
            List<RawClient> readers = List.copyOf(clients);
            measure(node, readers);
            Duration alone = measure(node, readers);

            for (int i = 0; i < STUCK; i++) {
                var stuck = new RawClient(node.socket().receiveBuffer(4_096).open());
                stuck.connect("{\"token\":\"" + node.token("stuck") + "\"}");
                clients.add(subscribed(stuck));
            }
            Duration beside = measure(node, readers);

            await().until(() -> node.gauge("lagging") == STUCK);
            assertThat(beside).isLessThan(alone.multipliedBy(3).plus(NOISE));
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    private static RawClient subscribed(RawClient client) {
        assertThat(client.call("subscribe", "{\"channel\":\"" + CHANNEL + "\"}").has("subscribe"))
                .isTrue();
        return client;
    }

    /// Publishes one after the other.
    ///
    /// @return below which 99 % of what readers got was on its way
    private static Duration measure(GatewayNode node, List<RawClient> readers) throws Exception {
        Namespace namespace = node.bean(Channels.class).namespaceOf(CHANNEL).orElseThrow();
        var taken = new Semaphore(0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> reading = new ArrayList<>();
            for (RawClient reader : readers) {
                reading.add(threads.submit((Callable<List<Long>>) () -> read(reader, taken)));
            }
            for (int i = 0; i < PUBLICATIONS; i++) {
                byte[] data = ("{\"at\":" + System.nanoTime() + ",\"x\":\"" + PADDING + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
                node.bean(ChannelStore.class)
                        .publish(CHANNEL, namespace, ChannelPublication.encode(ClientInfo.SERVICE, data))
                        .join();
                taken.acquire(readers.size());
            }
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> times : reading) {
                all.addAll(times.get());
            }
            all.sort(null);
            return Duration.ofNanos(all.get(all.size() * 99 / 100));
        }
    }

    private static List<Long> read(RawClient reader, Semaphore taken) {
        var times = new ArrayList<Long>();
        while (times.size() < PUBLICATIONS) {
            long at = reader.next(m -> m.at("/push/channel").asText().equals(CHANNEL))
                    .at("/push/pub/data/at")
                    .asLong();
            times.add(System.nanoTime() - at);
            taken.release();
        }
        return times;
    }
}
