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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The same with every SDK that is supported and encoding that it speaks.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private final GatewayNode node;
    private final SdkPrograms programs = new SdkPrograms();

    SdkTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        node = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.ping", "1s"));
    }

    @AfterAll
    void stop() {
        programs.close();
        node.close();
    }

    private CentrifugeClient.Builder client(Sdk sdk, String user) {
        return sdk.client(node, user).hostedBy(programs);
    }

    private static String user() {
        return "sdk-" + UUID.randomUUID();
    }

    private static List<Long> offsets(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @ParameterizedTest
    @EnumSource
    void aBurstComesInOrderAndIsProved(Sdk sdk) {
        String user = user();
        try (CentrifugeClient client = client(sdk, user).device("phone").start().connect()) {
            assertThat(client.subscription("inbox").at("/data/userId").asText()).isEqualTo(user);
            assertThat(node.clients(sdk.label(), sdk.speech())).isEqualTo(1);
            node.inbound().send(user, 100);
            node.inbound().sendLarge(user, 1, 20_000);

            client.await("101 publications", () -> client.publications("inbox").size() >= 101);
            assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 101));
            JsonNode first = client.publications("inbox").getFirst().path("data");
            assertThat(first.at("/notification/title").asText()).isEqualTo("Number 1");
            Awaitility.await().untilAsserted(() -> assertThat(node.inbound().receivedBy(user, "phone"))
                    .isEqualTo(101));
        }
    }

    @Test
    void allResumeAfterADrainWithoutAGap() {
        String user = user();
        GatewayNode stopping = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.drain", "20ms"));
        int port = stopping.port();
        var clients = new ArrayList<CentrifugeClient>();
        try {
            for (Sdk sdk : Sdk.values()) {
                clients.add(
                        sdk.client(stopping, user).hostedBy(programs).start().connect());
            }
            node.inbound().send(user, 2);
            clients.forEach(
                    c -> c.await("2 publications", () -> c.publications("inbox").size() == 2));

            stopping.bean(Drain.class).begin().join();
            stopping.close();
            clients.forEach(c -> c.await("the news", () -> c.events("connecting").stream()
                    .anyMatch(e -> e.path("code").asInt() == 3001)));
            node.inbound().send(user, 50);
            try (GatewayNode _ = GatewayNode.start(database, redis.url(), Map.of("micronaut.server.port", port))) {
                for (CentrifugeClient client : clients) {
                    client.await(
                            "what it missed", () -> client.publications("inbox").size() >= 52);
                    assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 52));
                    assertThat(client.subscription("inbox").path("recovered").asBoolean())
                            .isTrue();
                }
            }
        } finally {
            clients.forEach(CentrifugeClient::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsAreAnsweredAndRefusedAlike(Sdk sdk) {
        String user = user();
        try (CentrifugeClient client = client(sdk, user).start().connect()) {
            node.inbound().send(user, 3);
            client.await("3 publications", () -> client.publications("inbox").size() == 3);

            assertThat(client.rpc("inbox.markRead", "{\"upTo\":2}")
                            .at("/data/counts/unread")
                            .asInt())
                    .isEqualTo(1);
            JsonNode page = client.rpc("inbox.list", "{\"limit\":2}").path("data");
            assertThat(page.path("items")).hasSize(2);
            assertThat(page.path("nextCursor").asText()).isNotEmpty();
            JsonNode refused = client.rpc("inbox.list", "{\"limit\":\"many\"}").path("error");
            assertThat(refused.path("code").asInt()).isEqualTo(107);
            assertThat(refused.path("message").asText()).contains("\"many\"");
            assertThat(client.rpc("no.such", "{}").at("/error/code").asInt()).isEqualTo(104);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExpiredTokenIsReplacedAndAForeignOneIsFinal(Sdk sdk) {
        String user = user();
        try (CentrifugeClient client = client(sdk, user)
                .token(node.token(user, Duration.ofMinutes(-5)))
                .refreshingToken()
                .start()) {
            client.renewToken(node.token(user));
            client.connect();
            assertThat(client.events("tokenWanted")).isNotEmpty();
        }
        try (CentrifugeClient client = client(sdk, user).token("not.a.token").start()) {
            client.startConnecting();
            assertThat(client.awaitEvent("disconnected").path("code").asInt()).isEqualTo(3500);
        }
    }

    /// All at once: each has to wait for the end of its token.
    @Test
    void connectionsAreRefreshedBeforeTheirTokensEnd() {
        var clients = new EnumMap<Sdk, CentrifugeClient>(Sdk.class);
        try {
            for (Sdk sdk : Sdk.values()) {
                CentrifugeClient client = client(sdk, "refreshed-" + sdk)
                        .token(node.token("refreshed-" + sdk, Duration.ofSeconds(2)))
                        .refreshingToken()
                        .start();
                clients.put(sdk, client);
                client.renewToken(node.token("refreshed-" + sdk));
                client.connect();
            }
            clients.forEach((sdk, client) -> {
                client.awaitEvent("tokenWanted");
                node.inbound().send("refreshed-" + sdk, 1);
                client.await(
                        "a publication", () -> !client.publications("inbox").isEmpty());
                assertThat(client.events("connecting")).as(sdk.name()).hasSize(1);
            });
        } finally {
            clients.values().forEach(CentrifugeClient::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoMissedTooMuchIsToldSo(Sdk sdk) {
        String user = user();
        try (CentrifugeClient client = client(sdk, user).start().connect()) {
            client.disconnect();
            node.inbound().send(user, 301);
            client.connect();
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isFalse();
            assertThat(client.publications("inbox")).isEmpty();
            node.inbound().send(user, 1);
            client.await("what follows", () -> !client.publications("inbox").isEmpty());
            assertThat(client.offsets("inbox")).containsExactly(302L);
        }
    }
}
