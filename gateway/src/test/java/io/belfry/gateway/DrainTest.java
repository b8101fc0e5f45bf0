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
import java.util.stream.IntStream;
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

    /// A receipt that only the killed node knew: whoever comes back makes up for it, and the push of whoever does not
    /// is still to come, which is the exception that is promised.
    @Test
    void receiptsThatDiedUnflushedWithTheirNodeLoseNoPush(@TempDir Path home) throws IOException {
        try (GatewayNode staying = GatewayNode.start(database, redis.url());
                SmallNode killed = new SmallNode(
                        96,
                        GatewayNode.complete(
                                database, redis.url(), Map.of("belfry.gateway.receipts.flush-every", "1h")),
                        home.resolve("log"));
                TcpProxy balancer = new TcpProxy("127.0.0.1", killed.port());
                CentrifugeClient back = through(staying, balancer, "unflushed-back");
                CentrifugeClient gone = through(staying, balancer, "unflushed-gone")) {
            for (String user : List.of("unflushed-back", "unflushed-gone")) {
                staying.inbound().sendWithPush(user, 3);
            }
            for (CentrifugeClient client : List.of(back, gone)) {
                client.await(
                        "3 publications", () -> client.publications("inbox").size() == 3);
            }
            assertThat(staying.inbound().receivedBy("unflushed-back", "phone")).isZero();

            killed.kill();
            gone.disconnect();
            balancer.redirect(staying.port());

            await().untilAsserted(() -> assertThat(staying.inbound().receivedBy("unflushed-back", "phone"))
                    .isEqualTo(3));
            assertThat(staying.inbound().receivedBy("unflushed-gone", "phone")).isZero();
            assertThat(pushesToCome(staying, "unflushed-gone")).isEqualTo(3);
            assertThat(pushesToCome(staying, "unflushed-back"))
                    .as("needless, once they are due")
                    .isEqualTo(0);
        }
    }

    /// What is in flight when a node leaves is proved elsewhere before its push is due: however many are connected, the
    /// restart of all nodes, one after the other, makes nobody's phone ring.
    @Test
    void aRollingRestartOfAllNodesMakesNoPushesDue() throws IOException {
        Map<String, Object> patient = Map.of("belfry.gateway.receipts.push-grace", "60s", "belfry.gateway.drain", "1s");
        List<String> users =
                IntStream.range(0, 200).mapToObj(i -> "rolling-" + i).toList();
        var clients = new ArrayList<RawClient>();
        try (GatewayNode first = GatewayNode.start(database, redis.url(), patient);
                GatewayNode second = GatewayNode.start(database, redis.url(), patient);
                GatewayNode third = GatewayNode.start(database, redis.url(), patient)) {
            users.forEach(user -> clients.add(RawClient.connect(first, user, "phone")));
            long sent = 0;
            GatewayNode leaving = first;
            for (GatewayNode next : List.of(second, third)) {
                users.forEach(user -> third.inbound().sendWithPush(user, 1));
                sent++;
                // They have it, and cannot prove it any more.
                for (RawClient client : clients) {
                    assertThat(client.nextOffset()).isEqualTo(sent);
                }
                leaving.bean(Drain.class).begin();
                clients.forEach(RawClient::close);
                clients.clear();
                for (String user : users) {
                    clients.add(comeBack(next, user, sent));
                }
                leaving = next;
            }
            await().untilAsserted(() ->
                    assertThat(users).allMatch(user -> third.inbound().receivedBy(user, "phone") == 2));
            assertThat(overdue(third, "rolling-%"))
                    .as("due before they were proved")
                    .isZero();
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    private static RawClient comeBack(GatewayNode node, String user, long offset) {
        RawClient client = RawClient.open(node);
        assertThat(client.connect("{\"token\":\"" + node.token(user)
                                + "\",\"data\":{\"deviceId\":\"phone\"},\"subs\":{\"inbox\":{\"recover\":true,\"offset\":"
                                + offset + "}}}")
                        .at("/connect/subs/inbox/recovered")
                        .asBoolean())
                .isTrue();
        return client;
    }

    private static long overdue(GatewayNode node, String users) {
        return node.inbound().jdbi().withHandle(h -> h.createQuery(
                        "select count(*) from push_timers where user_id like :users and due_at <= now()")
                .bind("users", users)
                .mapTo(Long.class)
                .one());
    }

    private static CentrifugeClient through(GatewayNode any, TcpProxy balancer, String user) {
        return CentrifugeClient.to(any.url().replace(":" + any.port(), ":" + balancer.port()))
                .token(any.token(user))
                .device("phone")
                .reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(200))
                .start()
                .connect();
    }

    /// Those that no receipt covers.
    private static long pushesToCome(GatewayNode node, String user) {
        return node.inbound()
                .jdbi()
                .withHandle(h ->
                        h.createQuery("""
                        select count(*) from push_timers t
                        where t.user_id = :user and not exists (
                            select 1 from receipts r
                            where r.user_id = t.user_id and r.received_offset >= t.created_offset)
                        """).bind("user", user).mapTo(Long.class).one());
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
