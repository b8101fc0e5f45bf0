package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Plain channels, over two gateways.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChannelTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final GatewayNode one;
    private final GatewayNode other;
    private final String key;

    ChannelTest(TestDatabase database, RedisServer redis) {
        var settings = new HashMap<String, Object>(Map.of(
                "belfry.gateway.namespaces.news.subscribe", "users",
                "belfry.gateway.namespaces.room.subscribe", "users",
                "belfry.gateway.namespaces.flash.subscribe", "users",
                "belfry.gateway.namespaces.news.history-size", 10,
                "belfry.gateway.namespaces.room.history-size", 100,
                "belfry.gateway.namespaces.room.publish", "subscribers",
                "belfry.gateway.namespaces.flash.publish", "users",
                "belfry.gateway.namespaces.secret.publish", "users",
                "belfry.gateway.limits.channels-per-connection", 3,
                "belfry.gateway.limits.commands-per-second", 1000));
        one = GatewayNode.start(database, redis.url(), settings);
        other = GatewayNode.start(database, redis.url(), settings);
        key = one.bean(ApiKeys.class)
                .create("publisher", Set.of(Scope.EVENTS_WRITE, Scope.USERS_WRITE))
                .secret();
    }

    @AfterAll
    void stop() {
        http.close();
        other.close();
        one.close();
    }

    private static String channel(String namespace) {
        return namespace + ":" + UUID.randomUUID();
    }

    private JsonNode api(String method, String body) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + one.port() + "/api/" + method))
                            .header("Content-Type", "application/json")
                            .header("X-API-Key", key)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private JsonNode publish(String channel, int n) {
        return api("publish", "{\"channel\":\"" + channel + "\",\"data\":{\"n\":" + n + "}}")
                .path("result");
    }

    private static JsonNode subscribe(RawClient client, String channel, String more) {
        return client.call("subscribe", "{\"channel\":\"" + channel + "\",\"flag\":1" + more + "}");
    }

    private static JsonNode pushOf(RawClient client, String channel) {
        return client.next(m -> m.at("/push/channel").asText().equals(channel)).path("push");
    }

    private static int error(JsonNode reply) {
        return reply.at("/error/code").asInt();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anSdkThatComesBackRecoversWhatWasPublished(boolean protobuf) {
        String channel = channel("news");
        CentrifugeClient.Builder builder = other.client("reader");
        try (CentrifugeClient client =
                (protobuf ? builder.protobuf() : builder).start().connect()) {
            client.subscribe(channel);
            client.awaitEvent("clientSubscribed");
            publish(channel, 1);
            publish(channel, 2);
            client.await("2", () -> client.publications(channel).size() == 2);
            client.disconnect();
            IntStream.rangeClosed(3, 12).forEach(n -> publish(channel, n));

            client.connect();
            client.await("12", () -> client.publications(channel).size() >= 12);
            publish(channel, 13);
            client.await("13", () -> client.publications(channel).size() >= 13);

            assertThat(client.publications(channel))
                    .extracting(p -> p.at("/data/n").asInt())
                    .isEqualTo(IntStream.rangeClosed(1, 13).boxed().toList());
            assertThat(client.events("clientSubscribed")
                            .getLast()
                            .path("recovered")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void recoveryIsAllOrNothing() {
        String channel = channel("news");
        IntStream.rangeClosed(1, 15).forEach(n -> publish(channel, n));
        try (RawClient client = RawClient.connect(one, "r")) {
            JsonNode fresh = subscribe(client, channel, "").path("subscribe");
            String epoch = fresh.path("epoch").asText();
            assertThat(fresh.path("offset").asInt()).isEqualTo(15);
            assertThat(fresh.path("recoverable").asBoolean()).isTrue();
            client.call("unsubscribe", "{\"channel\":\"" + channel + "\"}");

            String five = ",\"recover\":true,\"offset\":5,\"epoch\":\"" + epoch + "\"";
            JsonNode recovered = subscribe(client, channel, five).path("subscribe");
            assertThat(recovered.path("recovered").asBoolean()).isTrue();
            assertThat(recovered.path("offset").asInt()).as("the request's").isEqualTo(5);
            assertThat(recovered.path("publications")).hasSize(10);
            client.call("unsubscribe", "{\"channel\":\"" + channel + "\"}");

            for (String lost : List.of(
                    ",\"recover\":true,\"offset\":4,\"epoch\":\"" + epoch + "\"",
                    ",\"recover\":true,\"offset\":16,\"epoch\":\"" + epoch + "\"",
                    ",\"recover\":true,\"offset\":15,\"epoch\":\"other\"")) {
                JsonNode reply = subscribe(client, channel, lost).path("subscribe");
                assertThat(reply.path("was_recovering").asBoolean()).isTrue();
                assertThat(reply.path("recovered").asBoolean()).as(lost).isFalse();
                assertThat(reply.path("offset").asInt()).isEqualTo(15);
                assertThat(reply.path("publications")).isEmpty();
                client.call("unsubscribe", "{\"channel\":\"" + channel + "\"}");
                assertThat(error(client.call("subscribe", "{\"channel\":\"" + channel + "\",\"flag\":3" + lost + "}")))
                        .isEqualTo(112);
            }
        }
    }

    @Test
    void aGapMakesTheClientComeAnew() {
        String channel = channel("news");
        try (RawClient client = RawClient.connect(one, "gap")) {
            String epoch = subscribe(client, channel, "").at("/subscribe/epoch").asText();
            publish(channel, 1);
            assertThat(pushOf(client, channel).at("/pub/offset").asInt()).isEqualTo(1);

            one.bean(Channels.class)
                    .publish(channel, ("3 " + epoch + " \n\n\n\n{\"n\":3}").getBytes(StandardCharsets.UTF_8));

            JsonNode push = pushOf(client, channel);
            assertThat(push.at("/unsubscribe/code").asInt()).isEqualTo(2500);
            assertThat(subscribe(client, channel, ",\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\"")
                            .at("/subscribe/recovered")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void whatAClientPublishesNamesItAndReachesAllOthers() {
        String channel = channel("room");
        try (RawClient author = RawClient.connect(one, "author");
                RawClient reader = RawClient.connect(other, "reader")) {
            String message = "{\"channel\":\"" + channel + "\",\"data\":{\"text\":\"hi\"}}";
            assertThat(error(author.call("publish", message)))
                    .as("not subscribed")
                    .isEqualTo(103);
            subscribe(author, channel, "");
            subscribe(reader, channel, "");

            assertThat(author.call("publish", message).path("publish").isObject())
                    .isTrue();

            for (RawClient client : List.of(author, reader)) {
                JsonNode pub = pushOf(client, channel).path("pub");
                assertThat(pub.at("/data/text").asText()).isEqualTo("hi");
                assertThat(pub.at("/info/user").asText()).isEqualTo("author");
                assertThat(pub.at("/info/client").asText()).hasSize(36);
                assertThat(pub.path("offset").asInt()).isEqualTo(1);
            }
            JsonNode history = reader.call("history", "{\"channel\":\"" + channel + "\",\"limit\":-1}")
                    .path("history");
            assertThat(history.at("/publications/0/info/user").asText()).isEqualTo("author");
            assertThat(error(author.call("publish", "{\"channel\":\"" + channel + "\",\"data\":7}")))
                    .isEqualTo(107);
            author.call("unsubscribe", "{\"channel\":\"" + channel + "\"}");
            assertThat(error(author.call("history", "{\"channel\":\"" + channel + "\"}")))
                    .isEqualTo(103);
        }
    }

    @Test
    void withoutHistoryOnlyWhoIsThereGetsIt() {
        String channel = channel("flash");
        publish(channel, 1);
        try (RawClient client = RawClient.connect(other, "now")) {
            assertThat(subscribe(client, channel, ",\"recover\":true,\"offset\":0")
                            .path("subscribe")
                            .has("recoverable"))
                    .isFalse();
            client.call("publish", "{\"channel\":\"" + channel + "\",\"data\":{\"n\":2}}");
            assertThat(pushOf(client, channel).at("/pub/data/n").asInt()).isEqualTo(2);
            assertThat(error(client.call("history", "{\"channel\":\"" + channel + "\"}")))
                    .isEqualTo(108);
        }
    }

    @Test
    void whatIsNoJsonIsNotPublishedInProtobufEither() {
        String channel = channel("flash");
        try (RawWebSocket socket = RawWebSocket.to(one.port(), GatewaySocket.PATH + "?format=protobuf")
                        .open();
                RawClient reader = RawClient.connect(one, "strict")) {
            subscribe(reader, channel, "");
            socket.send(
                    RawWebSocket.BINARY,
                    true,
                    new ProtobufOutput()
                            .number(1, 1)
                            .message(4, new ProtobufOutput().text(1, one.token("raw")))
                            .toDelimited());
            socket.read();
            for (byte[] data : List.of(
                    "no".getBytes(StandardCharsets.UTF_8),
                    "{} {}".getBytes(StandardCharsets.UTF_8),
                    "{}".getBytes(StandardCharsets.UTF_16LE),
                    "{\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                    "\ufeff{}".getBytes(StandardCharsets.UTF_8),
                    "{\"a\":\"\n\"}".getBytes(StandardCharsets.UTF_8))) {
                socket.send(RawWebSocket.BINARY, true, publication(channel, data));
                assertThat(socket.read().text()).contains("bad request");
            }
            socket.send(
                    RawWebSocket.BINARY,
                    true,
                    publication(channel, "{\n \"a\":\r\n[1.10,\"\\n\"]}".getBytes(StandardCharsets.UTF_8)));
            assertThat(pushOf(reader, channel).at("/pub/data/a/1").asText()).isEqualTo("\n");
        }
    }

    private static byte[] publication(String channel, byte[] data) {
        return new ProtobufOutput()
                .number(1, 9)
                .message(7, new ProtobufOutput().text(1, channel).data(2, data))
                .toDelimited();
    }

    @ParameterizedTest
    @CsvSource({"nowhere:x, 102", "news, 102", "news:, 102", ":x, 102", "news:{x}, 102", "secret:x, 103", "inbox, 105"})
    void whichChannelsThereAre(String channel, int code) {
        try (RawClient client = RawClient.connect(one, "curious")) {
            assertThat(error(subscribe(client, channel, ""))).isEqualTo(code);
        }
    }

    @Test
    void aConnectionHasSoManyChannelsAndLeavesNothingBehind() {
        try (RawClient client = RawClient.connect(one, "collector")) {
            for (int i = 0; i < 3; i++) {
                assertThat(subscribe(client, channel("flash"), "").has("subscribe"))
                        .isTrue();
            }
            String twice = channel("flash");
            assertThat(error(subscribe(client, twice, ""))).isEqualTo(106);
        }
        await().untilAsserted(() -> assertThat(one.bean(Channels.class).feeds()).isEmpty());
    }

    @Test
    void servicesReadHistoriesPublishToManyAndExpel() {
        String channel = channel("news");
        String second = channel("news");
        try (RawClient client = RawClient.connect(other, "expelled")) {
            subscribe(client, channel, "");
            JsonNode responses = api(
                            "broadcast",
                            "{\"channels\":[\"" + channel + "\",\"" + second + "\",\"nowhere:x\"],\"data\":{\"n\":1}}")
                    .at("/result/responses");
            assertThat(responses.at("/0/result/offset").asInt()).isEqualTo(1);
            assertThat(responses.at("/1/result/epoch").asText()).isNotEmpty();
            assertThat(responses.at("/2/error/code").asInt()).isEqualTo(102);
            publish(channel, 2);
            publish(channel, 3);

            JsonNode newest = api("history", "{\"channel\":\"" + channel + "\",\"limit\":2,\"reverse\":true}")
                    .path("result");
            assertThat(newest.at("/publications/0/data/n").asInt()).isEqualTo(3);
            assertThat(newest.path("publications")).hasSize(2);
            assertThat(newest.path("offset").asInt()).isEqualTo(3);
            assertThat(api(
                                    "history",
                                    "{\"channel\":\"" + channel + "\",\"limit\":9,\"since\":{\"offset\":1,\"epoch\":\""
                                            + newest.path("epoch").asText() + "\"}}")
                            .at("/result/publications"))
                    .hasSize(2);
            assertThat(error(api(
                            "history", "{\"channel\":\"" + channel + "\",\"since\":{\"offset\":1,\"epoch\":\"x\"}}")))
                    .isEqualTo(112);

            api("unsubscribe", "{\"user\":\"expelled\",\"channel\":\"" + channel + "\"}");
            assertThat(client.next(m -> m.at("/push/unsubscribe").isObject())
                            .at("/push/unsubscribe/code")
                            .asInt())
                    .isEqualTo(2000);
            assertThat(error(api("publish", "{\"channel\":\"" + channel + "\",\"data\":\"text\"}")))
                    .isEqualTo(107);
        }
    }
}
