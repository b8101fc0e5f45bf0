package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import io.belfry.testkit.centrifuge.SdkPrograms;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may subscribe to plain channels, and for how long.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubscriptionTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final GatewayNode node;
    private final SdkPrograms programs = new SdkPrograms();

    SubscriptionTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.tokens.leeway", "0s",
                        "belfry.gateway.expiry-grace", "1s",
                        "belfry.gateway.ping", "1s",
                        "belfry.gateway.namespaces.club.presence", "subscribers",
                        "belfry.gateway.namespaces.club.join-leave", true,
                        "belfry.gateway.namespaces.user.subscribe", "owner",
                        "belfry.gateway.namespaces.chat.subscribe", "token, owner",
                        "belfry.gateway.namespaces.news.subscribe", "users",
                        "belfry.gateway.namespaces.closed.subscribe", ""));
    }

    @AfterAll
    void stop() {
        programs.close();
        node.close();
    }

    private static String club() {
        return "club:" + UUID.randomUUID();
    }

    private static JsonNode subscribe(RawClient client, String channel, String token) {
        return client.call("subscribe", "{\"channel\":\"" + channel + "\",\"token\":\"" + token + "\"}");
    }

    private static JsonNode refresh(RawClient client, String channel, String token) {
        return client.call("sub_refresh", "{\"channel\":\"" + channel + "\",\"token\":\"" + token + "\"}");
    }

    private static int error(JsonNode reply) {
        return reply.at("/error/code").asInt();
    }

    @ParameterizedTest
    @CsvSource({
        "club:a, 103",
        "user:ann, 0",
        "user:bob, 103",
        "user:anna, 103",
        "user:ann:x, 103",
        "user:plans#ann, 0",
        "user:plans#bob:ann, 103",
        "'chat:plans#bob,ann', 0",
        "'chat:ann#bob,anna', 103",
        "chat:ann#, 103",
        "news:a, 0",
        "closed:ann, 103"
    })
    void withoutATokenTheNamespaceSaysWhoMay(String channel, int code) {
        try (RawClient client = RawClient.connect(node, "ann")) {
            assertThat(error(subscribe(client, channel, ""))).isEqualTo(code);
        }
    }

    @Test
    void aTokenCountsForItsUserAndChannelAlone() {
        String channel = club();
        try (RawClient client = RawClient.connect(node, "ann")) {
            for (String token : new String[] {
                "not.a.token",
                node.token("ann"),
                GatewayNode.channelToken("bob", channel, HOUR),
                GatewayNode.channelToken("ann", channel + "x", HOUR),
                GatewayNode.sign(c -> c.subject("ann").claim("channel", channel)),
                GatewayNode.sign(c -> c.subject("ann")
                        .audience("other")
                        .claim("channel", channel)
                        .expirationTime(Date.from(Instant.now().plus(HOUR))))
            }) {
                assertThat(error(subscribe(client, channel, token))).isEqualTo(103);
            }
            assertThat(error(subscribe(
                            client, channel, GatewayNode.channelToken("ann", channel, Duration.ofMinutes(-5)))))
                    .isEqualTo(109);
            assertThat(error(subscribe(client, "user:x", GatewayNode.channelToken("ann", "user:x", HOUR))))
                    .as("a namespace without tokens")
                    .isEqualTo(103);

            JsonNode subscribed = subscribe(client, channel, GatewayNode.channelToken("ann", channel, HOUR))
                    .path("subscribe");
            assertThat(subscribed.path("expires").asBoolean()).isTrue();
            assertThat(subscribed.path("ttl").asInt()).isBetween(3590, 3600);
            assertThat(error(refresh(client, channel, GatewayNode.channelToken("bob", channel, HOUR))))
                    .isEqualTo(103);
            assertThat(refresh(client, channel, GatewayNode.channelToken("ann", channel, Duration.ofHours(2)))
                            .at("/sub_refresh/ttl")
                            .asInt())
                    .isBetween(7190, 7200);
        }
    }

    @Test
    void expireAtSaysUntilWhen() {
        String channel = club();
        try (RawClient client = RawClient.connect(node, "ann")) {
            String forEver = GatewayNode.sign(c -> c.subject("ann")
                    .claim("channel", channel)
                    .claim("expire_at", 0)
                    .expirationTime(Date.from(Instant.now().plus(HOUR))));
            assertThat(subscribe(client, channel, forEver).path("subscribe").has("expires"))
                    .isFalse();
        }
    }

    @Test
    void aSubscriptionThatIsNotRefreshedEnds() {
        String channel = club();
        try (RawClient client = RawClient.connect(node, "ann")) {
            subscribe(client, channel, GatewayNode.channelToken("ann", channel, Duration.ofSeconds(1)));
            JsonNode message = client.next();
            while (!message.at("/push/unsubscribe").isObject()) {
                if (message.isEmpty()) {
                    client.pong();
                }
                message = client.next();
            }
            assertThat(message.at("/push/channel").asText()).isEqualTo(channel);
            assertThat(message.at("/push/unsubscribe/code").asInt()).isEqualTo(2501);

            String again = GatewayNode.channelToken("ann", channel, HOUR);
            assertThat(subscribe(client, channel, again).has("subscribe")).isTrue();
        }
    }

    @Test
    void refreshingWithAnExpiredTokenEndsTheConnection() {
        String channel = club();
        try (RawClient client = RawClient.connect(node, "ann")) {
            subscribe(client, channel, GatewayNode.channelToken("ann", channel, HOUR));
            client.socket()
                    .sendText("{\"id\":9,\"sub_refresh\":{\"channel\":\"" + channel + "\",\"token\":\""
                            + GatewayNode.channelToken("ann", channel, Duration.ofMinutes(-1)) + "\"}}");
            assertThat(client.closeCode()).isEqualTo(3006);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sdksSubscribeByTokenRefreshAndSeeWhoIsThere(Sdk sdk) {
        String channel = club();
        try (RawClient other = RawClient.connect(node, "other");
                CentrifugeClient client =
                        sdk.client(node, "ann").hostedBy(programs).start().connect()) {
            client.subscribe(channel, GatewayNode.channelToken("ann", channel, Duration.ofSeconds(2)));
            client.awaitEvent("clientSubscribed");
            int asked = client.events("channelTokenWanted").size();
            client.renewToken(channel, GatewayNode.channelToken("ann", channel, HOUR));

            JsonNode own = client.awaitEvent("join").path("info");
            assertThat(own.path("user").asText()).isEqualTo("ann");
            assertThat(own.at("/chanInfo/name").asText()).isEqualTo("The ann");
            subscribe(other, channel, GatewayNode.channelToken("other", channel, HOUR));
            client.await("the other", () -> client.events("join").size() == 2);
            assertThat(client.presence(channel).path("data")).hasSize(2).anySatisfy(info -> {
                assertThat(info.path("user").asText()).isEqualTo("other");
                assertThat(info.at("/chanInfo/name").asText()).isEqualTo("The other");
            });
            assertThat(client.presenceStats(channel).at("/data/numUsers").asInt())
                    .isEqualTo(2);
            other.call("unsubscribe", "{\"channel\":\"" + channel + "\"}");
            assertThat(client.awaitEvent("leave").at("/info/user").asText()).isEqualTo("other");

            client.await("refresh", () -> client.events("channelTokenWanted").size() > asked);
            assertThat(client.presence("club:elsewhere").at("/error/code").asInt())
                    .isEqualTo(103);
            assertThat(client.events("connecting")).hasSize(1);
            assertThat(client.events("clientSubscribed")).hasSize(1);

            String foreign = club();
            client.subscribe(foreign, GatewayNode.channelToken("bob", foreign, HOUR));
            assertThat(client.awaitEvent("clientUnsubscribed").path("code").asInt())
                    .isEqualTo(103);
        }
    }

    /// centrifuge-java 0.4.1 gives such a subscription up.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void sdksReplaceAnExpiredToken(Sdk sdk) {
        String channel = club();
        try (CentrifugeClient client =
                sdk.client(node, "ann").hostedBy(programs).start().connect()) {
            client.subscribe(channel, GatewayNode.channelToken("ann", channel, Duration.ofMinutes(-1)));
            client.await("refusal", () -> !client.events("subscriptionError").isEmpty());
            client.renewToken(channel, GatewayNode.channelToken("ann", channel, HOUR));
            client.awaitEvent("clientSubscribed");
        }
    }
}
