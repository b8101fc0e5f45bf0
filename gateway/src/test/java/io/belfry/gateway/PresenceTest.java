package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who is in plain channels, over two gateways.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PresenceTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private final GatewayNode one;
    private final GatewayNode other;
    private final String key;

    PresenceTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        one = start();
        other = start();
        key = one.bean(ApiKeys.class)
                .create("service", Set.of(Scope.EVENTS_WRITE, Scope.USERS_WRITE))
                .secret();
    }

    private GatewayNode start() {
        return GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.presence-life", "3s",
                        "belfry.gateway.namespaces.room.subscribe", "users",
                        "belfry.gateway.namespaces.room.presence", "subscribers",
                        "belfry.gateway.namespaces.room.presence-size", 3,
                        "belfry.gateway.namespaces.room.join-leave", true,
                        "belfry.gateway.namespaces.silent.subscribe", "users",
                        "belfry.gateway.namespaces.open.presence", "users",
                        "belfry.gateway.namespaces.watched.subscribe", "users",
                        "belfry.gateway.namespaces.watched.presence", "services"));
    }

    @AfterAll
    void stop() {
        other.close();
        one.close();
    }

    private static String channel(String namespace) {
        return namespace + ":" + UUID.randomUUID();
    }

    private static RawClient join(GatewayNode node, String user, String channel) {
        RawClient client = RawClient.connect(node, user);
        assertThat(client.call("subscribe", body(channel)).has("subscribe")).isTrue();
        return client;
    }

    private static String body(String channel) {
        return "{\"channel\":\"" + channel + "\"}";
    }

    private JsonNode api(String method, String channel) {
        return one.api(key, method, body(channel));
    }

    private static List<String> users(JsonNode presence) {
        var users = new ArrayList<String>();
        presence.forEach(client -> users.add(client.path("user").asText()));
        users.sort(null);
        return users;
    }

    private List<String> usersIn(String channel) {
        return users(api("presence", channel).at("/result/presence"));
    }

    @Test
    void whoIsThereIsKnownAtAllGateways() {
        String channel = channel("room");
        try (RawClient ann = join(one, "ann", channel);
                RawClient _ = join(other, "bob", channel)) {
            try (RawClient _ = join(other, "bob", channel)) {
                JsonNode there = ann.call("presence", body(channel)).at("/presence/presence");
                assertThat(users(there)).containsExactly("ann", "bob", "bob");
                there.properties().forEach(client -> assertThat(
                                client.getValue().path("client").asText())
                        .isEqualTo(client.getKey()));
                assertThat(ann.call("presence_stats", body(channel))
                                .path("presence_stats")
                                .toString())
                        .isEqualTo("{\"num_clients\":3,\"num_users\":2}");
                assertThat(api("presence_stats", channel).path("result").toString())
                        .isEqualTo("{\"num_clients\":3,\"num_users\":2}");
            }
            await().untilAsserted(() -> assertThat(usersIn(channel)).containsExactly("ann", "bob"));
            ann.call("unsubscribe", body(channel));
            assertThat(usersIn(channel)).containsExactly("bob");
        }
        await().untilAsserted(() -> assertThat(usersIn(channel)).isEmpty());
    }

    @Test
    void thoseWhoAskedAreToldWhoComesAndGoes() {
        String channel = channel("room");
        try (RawClient watcher = RawClient.connect(one, "watcher")) {
            watcher.call("subscribe", "{\"channel\":\"" + channel + "\",\"join_leave\":true}");
            assertThat(joined(watcher).path("user").asText()).isEqualTo("watcher");
            try (RawClient unasked = join(one, "unasked", channel)) {
                assertThat(joined(watcher).path("user").asText()).isEqualTo("unasked");
                try (RawClient _ = join(other, "guest", channel)) {
                    JsonNode guest = joined(watcher);
                    assertThat(guest.path("user").asText()).isEqualTo("guest");
                    assertThat(guest.path("client").asText()).hasSize(36);
                }
                assertThat(watcher.next(m -> m.at("/push/leave").isObject())
                                .at("/push/leave/info/user")
                                .asText())
                        .isEqualTo("guest");
                one.api(key, "publish", "{\"channel\":\"" + channel + "\",\"data\":{}}");
                assertThat(unasked.next(m -> m.has("push")).path("push").has("pub"))
                        .as("the first it is told of")
                        .isTrue();
            }
        }
    }

    private static JsonNode joined(RawClient watcher) {
        return watcher.next(m -> m.at("/push/join").isObject()).at("/push/join/info");
    }

    @ParameterizedTest
    @CsvSource({"room, 103", "silent, 108", "open, 0", "watched, 103", "nowhere, 102"})
    void whoMaySeeWhoIsThere(String namespace, int code) {
        try (RawClient client = RawClient.connect(one, "curious")) {
            for (String command : List.of("presence", "presence_stats")) {
                assertThat(client.call(command, body(channel(namespace)))
                                .at("/error/code")
                                .asInt())
                        .as(command)
                        .isEqualTo(code);
            }
        }
    }

    @Test
    void servicesSeeWhatClientsMayNot() {
        String channel = channel("watched");
        try (RawClient _ = join(other, "ann", channel)) {
            assertThat(usersIn(channel)).containsExactly("ann");
        }
        assertThat(api("presence", channel("silent")).at("/error/code").asInt()).isEqualTo(108);
        assertThat(api("presence_stats", channel("nowhere")).at("/error/code").asInt())
                .isEqualTo(102);
    }

    @Test
    void aChannelWithPresenceHoldsSoManyOfANode() {
        String channel = channel("room");
        try (RawClient _ = join(one, "a", channel);
                RawClient _ = join(one, "b", channel);
                RawClient last = join(one, "c", channel);
                RawClient late = RawClient.connect(one, "d")) {
            assertThat(late.call("subscribe", body(channel)).at("/error/code").asInt())
                    .isEqualTo(106);
            assertThat(one.hits(Guard.PRESENCE)).isPositive();
            last.call("unsubscribe", body(channel));
            assertThat(late.call("subscribe", body(channel)).has("subscribe")).isTrue();
        }
    }

    /// It is refreshed every second and ends after three.
    @Test
    void whatADeadNodeLeftGoesAndWhatRedisLostComesBack() {
        String channel = channel("room");
        try (GatewayNode dying = start();
                RawClient _ = join(dying, "lost", channel);
                RawClient _ = join(one, "stays", channel)) {
            assertThat(usersIn(channel)).containsExactly("lost", "stays");
            dying.bean(Presence.class).close();

            await().untilAsserted(() -> assertThat(usersIn(channel)).containsExactly("stays"));

            try (RedisClient client = RedisClient.create(redis.url());
                    var connection = client.connect()) {
                List<String> keys = connection.sync().keys("bf:p?:{" + channel + "}*");
                assertThat(keys).isNotEmpty();
                connection.sync().del(keys.toArray(String[]::new));
            }
            assertThat(usersIn(channel)).isEmpty();
            await().untilAsserted(() -> assertThat(usersIn(channel)).containsExactly("stays"));
        }
    }

    @Test
    void servicesSeeTheGateways() {
        await().untilAsserted(() -> {
            JsonNode nodes = one.api(key, "info", "{}").at("/result/nodes");
            assertThat(nodes).isNotEmpty();
            assertThat(nodes.at("/0/num_clients").isNumber()).isTrue();
            assertThat(nodes.at("/0/uptime").isNumber()).isTrue();
        });
    }

    @Test
    void aServicePutsUsersIntoAChannelAndEmptiesItsHistory() {
        String channel = channel("silent");
        try (RawClient client = RawClient.connect(other, "put")) {
            String body = "{\"user\":\"put\",\"channel\":\"" + channel + "\"}";
            assertThat(one.api(key, "subscribe", body).path("result").isObject())
                    .isTrue();
            JsonNode push = client.next(m -> m.at("/push/subscribe").isObject());
            assertThat(push.at("/push/channel").asText()).isEqualTo(channel);
            one.api(key, "publish", "{\"channel\":\"" + channel + "\",\"data\":{\"n\":1}}");
            assertThat(client.next(m -> m.at("/push/pub").isObject())
                            .at("/push/pub/data/n")
                            .asInt())
                    .isEqualTo(1);
            assertThat(client.call("subscribe", body(channel)).at("/error/code").asInt())
                    .isEqualTo(105);
            one.api(key, "unsubscribe", body);
            assertThat(client.next(m -> m.at("/push/unsubscribe").isObject())
                            .at("/push/unsubscribe/code")
                            .asInt())
                    .isEqualTo(2000);
            assertThat(one.api(key, "subscribe", "{\"user\":\"put\",\"channel\":\"nowhere:x\"}")
                            .at("/error/code")
                            .asInt())
                    .isEqualTo(102);
        }
    }
}
