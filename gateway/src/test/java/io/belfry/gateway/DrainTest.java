package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TcpProxy;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import io.belfry.testkit.websocket.RawWebSocket;
import io.micronaut.runtime.graceful.GracefulShutdownManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// How a node is left: by its clients in good order when it stops, and at once when the inboxes get a new epoch.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class DrainTest {
    private final TestDatabase database;
    private final RedisServer redis;

    DrainTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @Test
    void clientsOfANodeThatStopsGoOnElsewhereWithoutAGap() throws IOException {
        try (GatewayNode leaving = GatewayNode.start(database, redis.url());
                GatewayNode staying = GatewayNode.start(database, redis.url());
                TcpProxy balancer = new TcpProxy("127.0.0.1", leaving.port());
                CentrifugeClient client = CentrifugeClient.to(
                                leaving.url().replace(":" + leaving.port(), ":" + balancer.port()))
                        .token(leaving.token("mover"))
                        .device("phone")
                        .start()
                        .connect()) {
            leaving.inbound().send("mover", 2);
            balancer.redirect(staying.port());

            leaving.bean(Drain.class).begin();
            for (int i = 0; i < 20; i++) {
                staying.inbound().send("mover", 1);
            }

            client.await("the second node", () -> client.events("connected").size() == 2);
            staying.inbound().send("mover", 1);
            client.await("23 publications", () -> client.publications("inbox").size() >= 23);
            assertThat(client.offsets("inbox")).isEqualTo(DeliveryTest.offsets(1, 23));
            assertThat(client.events("connecting").getLast().path("code").asInt())
                    .isEqualTo(3001);
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isTrue();
        }
    }

    /// kill -9: nobody says goodbye.
    @Test
    void clientsOfANodeThatIsKilledGoOnElsewhereWithoutAGap(@TempDir Path home) throws IOException {
        try (GatewayNode staying = GatewayNode.start(database, redis.url());
                SmallNode killed =
                        new SmallNode(96, GatewayNode.complete(database, redis.url(), Map.of()), home.resolve("log"));
                TcpProxy balancer = new TcpProxy("127.0.0.1", killed.port());
                CentrifugeClient client = CentrifugeClient.to(
                                staying.url().replace(":" + staying.port(), ":" + balancer.port()))
                        .token(staying.token("orphan"))
                        .device("phone")
                        .reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(200))
                        .start()
                        .connect()) {
            staying.inbound().send("orphan", 3);
            client.await("3 publications", () -> client.publications("inbox").size() == 3);
            balancer.redirect(staying.port());

            killed.kill();
            staying.inbound().send("orphan", 5);

            client.await("the second node", () -> client.events("settled").size() == 2);
            staying.inbound().send("orphan", 1);
            client.await("9 publications", () -> client.publications("inbox").size() >= 9);
            assertThat(client.offsets("inbox")).isEqualTo(DeliveryTest.offsets(1, 9));
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isTrue();
            await().untilAsserted(() ->
                    assertThat(staying.inbound().receivedBy("orphan", "phone")).isEqualTo(9));
        }
    }

    @Test
    void aNodeThatStopsClosesItsConnectionsAtAnEvenPaceAndTakesNoMore() throws Exception {
        try (GatewayNode node = GatewayNode.start(
                database,
                redis.url(),
                Map.of("belfry.gateway.drain", "1s", "micronaut.lifecycle.graceful-shutdown.enabled", true))) {
            var clients = new ArrayList<RawClient>();
            for (int i = 0; i < 50; i++) {
                clients.add(RawClient.connect(node, "user" + i % 10));
            }
            RawClient proving = RawClient.connect(node, "prover", "phone");
            node.inbound().send("prover", 1);
            proving.nextOffset();
            proving.pong();
            long begun = System.nanoTime();
            CompletableFuture<?> drained = node.bean(Drain.class).begin();

            assertThat(node.readiness()).isEqualTo(503);
            assertThat(node.socket().refused().headers()).containsKey("retry-after");
            for (RawClient client : clients) {
                RawWebSocket.Frame close = client.socket().readClose();
                assertThat(close.code()).isEqualTo(3001);
                assertThat(close.reason()).isEqualTo("shutdown");
                client.socket().send(RawWebSocket.CLOSE, true, new byte[] {0x0B, (byte) 0xB9});
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(700));
            proving.close();
            drained.get(20, TimeUnit.SECONDS);
            assertThat(node.inbound().receivedBy("prover", "phone"))
                    .as("saved by the drain")
                    .isEqualTo(1);
        }
    }

    @Test
    void theServersOwnGracefulStopWaitsForTheDrain() throws Exception {
        try (GatewayNode node = GatewayNode.start(
                        database, redis.url(), Map.of("micronaut.lifecycle.graceful-shutdown.enabled", true));
                RawClient client = RawClient.connect(node, "graceful")) {
            CompletableFuture<?> stopped = node.bean(GracefulShutdownManager.class)
                    .shutdownGracefully()
                    .toCompletableFuture();

            assertThat(client.closeCode()).isEqualTo(3001);
            client.socket().send(RawWebSocket.CLOSE, true, new byte[] {0x0B, (byte) 0xB9});
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void clientsReloadAfterARestore() {
        try (GatewayNode node = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.ping", "2s"));
                CentrifugeClient client = node.client("restored").start().connect();
                RawClient raw = RawClient.connect(node, "restored")) {
            node.inbound().send("restored", 2);
            client.await("2 publications", () -> client.publications("inbox").size() == 2);

            node.inbound().jdbi().useHandle(h -> h.execute("update installation set epoch = 'after'"));
            node.inbound().jdbi().useHandle(h -> h.execute("update inboxes set head = 1 where user_id = 'restored'"));

            assertThat(raw.closeCode()).isEqualTo(3010);
            client.await("3010", () -> client.events("connecting").stream()
                    .anyMatch(e -> e.path("code").asInt() == 3010));
            client.await("a new connection", () -> client.events("settled").size() == 2);
            assertThat(client.subscription("inbox").path("wasRecovering").asBoolean())
                    .isTrue();
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isFalse();
            assertThat(client.subscription("inbox").at("/streamPosition/epoch").asText())
                    .isEqualTo("after");
            node.inbound().send("restored", 1);
            client.await("what follows", () -> client.publications("inbox").size() == 3);
            assertThat(client.offsets("inbox")).isEqualTo(List.of(1L, 2L, 2L));
            await().untilAsserted(() -> assertThat(node.closes(3010)).isEqualTo(2));
        }
    }
}
