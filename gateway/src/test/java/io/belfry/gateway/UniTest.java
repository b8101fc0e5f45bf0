package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Clients that are only told: no SDK, no commands but the first.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UniTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GatewayNode node;

    UniTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(
                database, redis.url(), Map.of("belfry.gateway.ping", "1s", "belfry.gateway.pong-timeout", "2s"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private RawWebSocket open() {
        return RawWebSocket.to(node.port(), UniSocket.PATH).open();
    }

    /// The next message, a frame each.
    private static JsonNode next(RawWebSocket socket) {
        try {
            RawWebSocket.Frame frame = socket.read();
            if (frame.opcode() == RawWebSocket.PING) {
                socket.send(RawWebSocket.PONG, true, frame.payload());
                return next(socket);
            }
            assertThat(frame.opcode()).as("code " + frame.code()).isEqualTo(RawWebSocket.TEXT);
            JsonNode message = JSON.readTree(frame.payload());
            return message.isEmpty() ? next(socket) : message;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode connect(RawWebSocket socket, String request) {
        socket.sendText(request);
        return next(socket).path("connect");
    }

    @Test
    void aClientIsToldWhatHappensInPlainMessages() {
        try (RawWebSocket socket = open()) {
            JsonNode connected = connect(
                    socket,
                    "{\"token\":\"" + node.token("told") + "\",\"name\":\"go\",\"data\":{\"deviceId\":\"tv\"}}");
            assertThat(connected.at("/subs/inbox/data/userId").asText()).isEqualTo("told");
            assertThat(connected.path("ping").asInt()).isEqualTo(1);
            assertThat(connected.has("pong")).isFalse();

            node.inbound().send("told", 2);
            for (int offset = 1; offset <= 2; offset++) {
                JsonNode push = next(socket);
                assertThat(push.path("channel").asText()).isEqualTo("inbox");
                assertThat(push.at("/pub/offset").asInt()).isEqualTo(offset);
                assertThat(push.at("/pub/data/kind").asText()).isEqualTo("notification");
            }
        }
        assertThat(node.inbound().receivedBy("told", "tv"))
                .as("answers of a browser prove nothing")
                .isZero();
    }

    @Test
    void whoComesBackGetsWhatItMissed() {
        node.inbound().write("returns", 3);
        try (RawWebSocket socket = open()) {
            JsonNode inbox = connect(
                            socket,
                            "{\"token\":\"" + node.token("returns")
                                    + "\",\"subs\":{\"inbox\":{\"recover\":true,\"offset\":1}}}")
                    .at("/subs/inbox");
            assertThat(inbox.path("recovered").asBoolean()).isTrue();
            assertThat(inbox.path("publications")).hasSize(2);
        }
    }

    @Test
    void whoDoesNotAnswerPingsIsClosed() {
        try (RawWebSocket silent = open();
                RawWebSocket alive = open()) {
            connect(silent, "{\"token\":\"" + node.token("silent") + "\"}");
            connect(alive, "{\"token\":\"" + node.token("alive") + "\"}");
            int pings = 0;
            while (pings < 4) {
                RawWebSocket.Frame frame = alive.read();
                if (frame.opcode() == RawWebSocket.PING) {
                    alive.send(RawWebSocket.PONG, true, frame.payload());
                    pings++;
                }
            }
            assertThat(silent.readClose().code()).isEqualTo(3012);
            node.inbound().send("alive", 1);
            assertThat(next(alive).at("/pub/offset").asInt()).isEqualTo(1);
        }
    }

    @Test
    void whoDoesItWrongIsClosedWithTheCodeForIt() {
        assertThat(codeAfter("{\"token\":\"not.a.token\"}")).isEqualTo(3500);
        assertThat(codeAfter("{\"token\":\"" + node.token("late", Duration.ofMinutes(-5)) + "\"}"))
                .isEqualTo(3005);
        for (String wrong : new String[] {"{}{}", "[]", "connect", "{\"token\":", "{\"subs\":[]}"}) {
            assertThat(codeAfter(wrong)).as(wrong).isEqualTo(3501);
        }
        try (RawWebSocket twice = open()) {
            String request = "{\"token\":\"" + node.token("twice") + "\"}";
            connect(twice, request);
            twice.sendText(request);
            assertThat(twice.readClose().code()).isEqualTo(3501);
        }
    }

    private int codeAfter(String message) {
        try (RawWebSocket socket = open()) {
            socket.sendText(message);
            return socket.readClose().code();
        }
    }

    @Test
    void figuresTellWhoIsThereAndHowTheySpeak() {
        try (RawWebSocket uni = open();
                RawClient json = RawClient.open(node)) {
            connect(uni, "{\"token\":\"" + node.token("counted") + "\",\"name\":\"python\"}");
            json.connect("{\"token\":\"" + node.token("counted") + "\",\"name\":\"js\"}");
            assertThat(node.clients("python", "uni")).isEqualTo(1);
            assertThat(node.clients("js", "json")).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(node.clients("python", "uni") + node.clients("js", "json"))
                .isZero());
    }
}
