package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.feed.Feeds;
import io.belfry.core.user.Erasures;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TcpProxy;
import io.belfry.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients notice of Redis being gone: as little as possible. Each test has a Redis of its own and mostly waits,
/// so they run beside one another and beside other classes.
@ExtendWith(PostgresExtension.class)
class RedisOutageTest {
    private static final String NEVER = "1h";

    private final TestDatabase database;

    RedisOutageTest(TestDatabase database) {
        this.database = database;
    }

    private GatewayNode node(String redisUrl, Map<String, Object> settings) {
        return GatewayNode.start(database, redisUrl, settings(settings));
    }

    private static Map<String, Object> settings(Map<String, Object> settings) {
        var all = new HashMap<String, Object>(Map.of(
                "belfry.gateway.feeds.reconcile-every", NEVER,
                "belfry.gateway.feeds.reconcile-every-without-redis", NEVER,
                "belfry.gateway.feeds.subscribe-timeout", "200ms"));
        all.putAll(settings);
        return all;
    }

    @Test
    void subscribersOfAChannelWhoseHistoryWasLostComeAnew(@TempDir Path home) throws Exception {
        RedisServer redis = RedisServer.start(home, 0);
        int port = redis.port();
        try (GatewayNode node = node(
                        redis.url(),
                        Map.of(
                                "belfry.gateway.namespaces.news.subscribe",
                                "users",
                                "belfry.gateway.namespaces.news.history-size",
                                10));
                RawClient client = RawClient.connect(node, "reader")) {
            String subscribe = "{\"channel\":\"news:all\",\"flag\":1";
            String epoch = client.call("subscribe", subscribe + "}")
                    .at("/subscribe/epoch")
                    .asText();
            redis.kill();
            redis.close();
            await().until(() -> node.bean(FeedSubscriptions.class).troubles().size() == 4);
            redis = RedisServer.start(home, port);

            assertThat(client.next(m -> m.at("/push/unsubscribe").isObject())
                            .at("/push/unsubscribe/code")
                            .asInt())
                    .isEqualTo(2500);
            assertThat(client.call("subscribe", subscribe + ",\"recover\":true,\"epoch\":\"" + epoch + "\"}")
                            .at("/subscribe/recovered")
                            .asBoolean(true))
                    .isFalse();
        } finally {
            redis.close();
        }
    }

    /// @param onEventLoops or through Lettuce
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterARestartOfAnEmptyRedisNothingIsMissingAndWhatFollowsIsLive(boolean onEventLoops, @TempDir Path home)
            throws Exception {
        String user = "killed-" + onEventLoops;
        RedisServer redis = RedisServer.start(home, 0);
        int port = redis.port();
        try (GatewayNode node = node(redis.url(), Map.of("belfry.gateway.feeds.on-event-loops", onEventLoops))) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(RawClient.connect(node, user + i % 10));
            }
            redis.kill();
            redis.close();
            await().until(() -> node.bean(FeedSubscriptions.class).troubles().size() == 4);
            for (int i = 0; i < 10; i++) {
                node.inbound().write(user + i, 3);
            }
            redis = RedisServer.start(home, port);

            for (RawClient client : clients) {
                for (long offset = 1; offset <= 3; offset++) {
                    assertThat(client.nextOffset()).as("written meanwhile").isEqualTo(offset);
                }
            }
            await().until(() -> node.bean(Feeds.class).isUp());
            for (int i = 0; i < 10; i++) {
                node.inbound().send(user + i, 1);
            }
            for (RawClient client : clients) {
                assertThat(client.nextOffset()).as("published since").isEqualTo(4);
                client.close();
            }
            assertThat(node.bean(FeedSubscriptions.class).troubles()).isEmpty();
        } finally {
            redis.close();
        }
    }

    @Test
    void connectionsOfAUserWhoWasErasedMeanwhileEnd() throws Exception {
        RedisServer redis = RedisServer.startTemporary();
        try (GatewayNode node = node(redis.url(), Map.of("belfry.gateway.feeds.reconcile-every-without-redis", "1s"));
                RawClient erased = RawClient.connect(node, "untold-erasure");
                RawClient other = RawClient.connect(node, "untold-other")) {
            node.inbound().send("untold-erasure", 3);
            assertThat(List.of(erased.nextOffset(), erased.nextOffset(), erased.nextOffset()))
                    .containsExactly(1L, 2L, 3L);
            redis.kill();
            await().until(() -> !node.bean(FeedSubscriptions.class).troubles().isEmpty());

            assertThat(node.bean(Erasures.class).begin("untold-erasure", "test"))
                    .isPresent();
            node.inbound().write("untold-erasure", 1);
            node.inbound().write("untold-other", 1);

            assertThat(erased.closeCode()).isEqualTo(3010);
            assertThat(other.nextOffset()).isEqualTo(1);
        } finally {
            redis.close();
        }
    }

    @Test
    void withoutRedisANodeStaysInServiceAndIsSomeSecondsLate() throws Exception {
        RedisServer redis = RedisServer.startTemporary();
        try (GatewayNode node = node(redis.url(), Map.of("belfry.gateway.feeds.reconcile-every-without-redis", "1s"));
                RawClient before = RawClient.connect(node, "patient")) {
            redis.kill();
            await().until(() -> !node.bean(FeedSubscriptions.class).troubles().isEmpty());

            assertThat(node.readiness()).isEqualTo(200);
            try (RawClient during = RawClient.connect(node, "patient");
                    RawClient newcomer = RawClient.connect(node, "newcomer")) {
                node.inbound().write("patient", 2);
                node.inbound().write("newcomer", 1);

                assertThat(List.of(before.nextOffset(), before.nextOffset())).containsExactly(1L, 2L);
                assertThat(List.of(during.nextOffset(), during.nextOffset())).containsExactly(1L, 2L);
                assertThat(newcomer.nextOffset()).isEqualTo(1);
            }
        } finally {
            redis.close();
        }
    }

    @Test
    void aNodeStartsWithoutRedisAndFindsItLater(@TempDir Path home) throws Exception {
        int port;
        String url;
        try (RedisServer once = RedisServer.start(home, 0)) {
            port = once.port();
            url = once.url();
        }
        try (GatewayNode node = GatewayNode.startWithoutRedis(database, url, settings(Map.of()));
                RawClient client = RawClient.connect(node, "early")) {
            node.inbound().write("early", 1);
            try (RedisServer _ = RedisServer.start(home, port)) {
                assertThat(client.nextOffset()).isEqualTo(1);
            }
        }
    }

    /// @param onEventLoops or through Lettuce
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWrongPasswordIsToldAndClientsAreServedAllTheSame(boolean onEventLoops) throws IOException {
        try (RedisServer redis = RedisServer.startTemporary();
                GatewayNode node = GatewayNode.startWithoutRedis(
                        database,
                        redis.url().replaceFirst(":[^:@/]+@", ":not-the-one@"),
                        settings(Map.of(
                                "belfry.gateway.feeds.on-event-loops",
                                onEventLoops,
                                "belfry.gateway.feeds.reconcile-every-without-redis",
                                "1s")));
                RawClient client = RawClient.connect(node, "locked-out-" + onEventLoops)) {
            await().untilAsserted(
                            () -> assertThat(node.bean(FeedSubscriptions.class).troubles())
                                    .hasSize(4)
                                    .allSatisfy(trouble -> assertThat(trouble)
                                            .containsAnyOf("WRONGPASS", "Unable to connect")
                                            .doesNotContain("not-the-one")));
            node.inbound().write("locked-out-" + onEventLoops, 1);

            assertThat(client.nextOffset()).isEqualTo(1);
        }
    }

    @Test
    void aBlackHoleBetweenNodeAndRedisIsNoticed() throws Exception {
        try (RedisServer redis = RedisServer.startTemporary();
                TcpProxy proxy = new TcpProxy("127.0.0.1", redis.port());
                GatewayNode node = node(redis.url().replace(":" + redis.port(), ":" + proxy.port()), Map.of());
                RawClient client = RawClient.connect(node, "cut-off")) {
            proxy.blackHole();
            node.inbound().write("cut-off", 2);

            await().atMost(Duration.ofSeconds(15))
                    .until(() -> !node.bean(FeedSubscriptions.class).troubles().isEmpty());
            proxy.reset();
            proxy.pass();

            assertThat(List.of(client.nextOffset(), client.nextOffset())).containsExactly(1L, 2L);
            await().until(() -> node.bean(FeedSubscriptions.class).troubles().isEmpty());
        }
    }

    @Test
    void aRedisThatStandsStillIsNoticedAndFoundAgain() throws IOException {
        try (RedisServer redis = RedisServer.startTemporary();
                GatewayNode node = node(redis.url(), Map.of());
                RawClient client = RawClient.connect(node, "still")) {
            redis.suspend();
            node.inbound().write("still", 1);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> !node.bean(FeedSubscriptions.class).troubles().isEmpty());
            redis.resume();

            assertThat(client.nextOffset()).isEqualTo(1);
        }
    }

    @Test
    void aPublicationThatRedisLostIsFoundByTheRounds() throws IOException {
        try (RedisServer redis = RedisServer.startTemporary();
                GatewayNode node = node(redis.url(), Map.of("belfry.gateway.feeds.reconcile-every", "1s"));
                RawClient client = RawClient.connect(node, "unlucky")) {
            node.inbound().write("unlucky", 1);

            assertThat(client.nextOffset()).isEqualTo(1);
        }
    }
}
