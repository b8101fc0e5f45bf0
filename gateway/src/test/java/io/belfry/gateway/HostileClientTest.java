package io.belfry.gateway;

import static io.belfry.testkit.websocket.RawWebSocket.BINARY;
import static io.belfry.testkit.websocket.RawWebSocket.CLOSE;
import static io.belfry.testkit.websocket.RawWebSocket.CONTINUATION;
import static io.belfry.testkit.websocket.RawWebSocket.PING;
import static io.belfry.testkit.websocket.RawWebSocket.PONG;
import static io.belfry.testkit.websocket.RawWebSocket.TEXT;
import static io.belfry.testkit.websocket.RawWebSocket.frame;
import static io.belfry.testkit.websocket.RawWebSocket.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// What becomes of clients that break the rules of HTTP, WebSocket or the protocol, or want too much.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientTest {
    private static final int MESSAGE_BYTES = 4096;
    private static final int MAX_FRAGMENTS = 40;
    private static final byte[] NOTHING = {};

    private final GatewayNode node;

    HostileClientTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.header-timeout", "700ms",
                        "belfry.gateway.connect-deadline", "700ms",
                        "belfry.gateway.ping", "1s",
                        "belfry.gateway.allowed-origins", "https://app.example.com",
                        "belfry.gateway.limits.fragments-per-message", MAX_FRAGMENTS,
                        "belfry.gateway.limits.message-bytes", MESSAGE_BYTES));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    // Frames ----------------------------------------------------------------------------------------------------

    static Stream<Arguments> brokenFrames() {
        byte[] text = "{\"id\":1}".getBytes(UTF_8);
        return Stream.of(
                arguments("a reserved bit, as of a compressed message", frame(0xC1, text), 1002),
                arguments("another reserved bit", frame(0xA1, text), 1002),
                arguments("the third reserved bit", frame(0x91, text), 1002),
                arguments("an unknown opcode", frame(0x83, text), 1002),
                arguments("an unknown control opcode", frame(0x8B, NOTHING), 1002),
                arguments("no mask", join(header(0x81, 0, text.length), text), 1002),
                arguments("a ping in fragments", frame(PING, NOTHING), 1002),
                arguments("a ping of 126 bytes", frame(0x80 | PING, new byte[126]), 1002),
                arguments("a close in fragments", frame(CLOSE, NOTHING), 1002),
                arguments("a fragment of nothing", frame(0x80 | CONTINUATION, text), 1002),
                arguments("a message within a message", join(frame(TEXT, text), frame(0x80 | TEXT, text)), 1002),
                arguments("a negative length", join(header(0x81, 0x80, Long.MIN_VALUE), new byte[4]), 1002),
                arguments("binary", frame(0x80 | BINARY, text), 1003),
                arguments("no UTF-8", frame(0x81, new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'}), 1007),
                arguments("an overlong slash", frame(0x81, new byte[] {(byte) 0xC0, (byte) 0xAF}), 1007),
                arguments("half a surrogate", frame(0x81, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}), 1007),
                arguments("a character cut off", frame(0x81, new byte[] {(byte) 0xE2, (byte) 0x82}), 1007),
                arguments("a close code of one byte", frame(0x88, new byte[] {3}), 1002),
                arguments("the close code 1005", frame(0x88, new byte[] {3, (byte) 0xED}), 1002),
                arguments("the close code 999", frame(0x88, new byte[] {3, (byte) 0xE7}), 1002),
                arguments(
                        "a close reason that is no UTF-8",
                        frame(0x88, new byte[] {3, (byte) 0xE8, (byte) 0xFF}),
                        1007));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFrames")
    void aBrokenFrameEndsTheConnectionWithTheCodeForIt(String what, byte[] bytes, int code) {
        try (RawWebSocket socket = node.socket().open()) {
            socket.sendBytes(bytes);

            assertThat(socket.readClose().code()).as(what).isEqualTo(code);
        }
    }

    static Stream<Arguments> tooMuch() {
        byte[] text = "{\"id\":1}".getBytes(UTF_8);
        return Stream.of(
                arguments("a length of 1 GB", header(0x81, 0x80, 1 << 30), Guard.MESSAGE),
                arguments("a message above the limit", header(0x81, 0x80, MESSAGE_BYTES + 1), Guard.MESSAGE),
                arguments(
                        "fragments above the limit",
                        join(frame(TEXT, new byte[MESSAGE_BYTES]), frame(0x80 | CONTINUATION, new byte[1])),
                        Guard.MESSAGE),
                arguments(
                        "endless empty fragments",
                        join(frame(TEXT, text), repeat(frame(CONTINUATION, NOTHING), MAX_FRAGMENTS)),
                        Guard.FRAGMENTS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tooMuch")
    void aMessageAboveALimitEndsTheConnectionWith1009(String what, byte[] bytes, Guard guard) {
        int before = node.hits(guard);
        try (RawWebSocket socket = node.socket().open()) {
            socket.sendBytes(bytes);

            assertThat(socket.readClose().code()).as(what).isEqualTo(1009);
            assertThat(node.hits(guard)).isEqualTo(before + 1);
        }
    }

    @Test
    void aMessageInPiecesOfFramesAndOfBytesIsAMessage() {
        byte[] command =
                ("{\"id\":1,\"connect\":{\"token\":\"" + node.token("pieces") + "\",\"name\":\"é\"}}").getBytes(UTF_8);
        try (RawWebSocket socket = node.socket().open()) {
            // The cut goes through the two bytes of é.
            int cut = command.length - 4;
            socket.send(TEXT, false, java.util.Arrays.copyOf(command, cut));
            socket.send(PING, true, "between".getBytes(UTF_8));
            for (byte b : frame(0x80 | CONTINUATION, java.util.Arrays.copyOfRange(command, cut, command.length))) {
                socket.sendBytes(new byte[] {b});
            }

            RawWebSocket.Frame pong = socket.read();
            assertThat(pong.opcode()).isEqualTo(PONG);
            assertThat(pong.text()).isEqualTo("between");
            assertThat(socket.read().text()).contains("\"connect\":{");
        }
    }

    @Test
    void aCloseIsAnsweredWithItsCodeAndTheSocketIsClosed() {
        try (RawWebSocket socket = node.socket().open()) {
            socket.send(CLOSE, true, new byte[] {3, (byte) 0xE8, 'b', 'y', 'e'});

            assertThat(socket.readClose().code()).isEqualTo(1000);
            socket.readToEnd();
        }
    }

    @Test
    void aClientThatDoesNotAnswerACloseIsCutOff() {
        try (RawWebSocket socket = node.socket().open()) {
            socket.sendBytes(frame(0x80 | BINARY, NOTHING));
            assertThat(socket.readClose().code()).isEqualTo(1003);
            socket.readToEnd();
        }
    }

    // Floods ----------------------------------------------------------------------------------------------------

    static Stream<Arguments> floods() {
        return Stream.of(
                arguments("pings", frame(0x80 | PING, new byte[125]), 50, Guard.PINGS),
                arguments("pongs", frame(0x80 | PONG, new byte[125]), 500, Guard.COMMANDS),
                arguments("empty messages", frame(0x81, NOTHING), 500, Guard.COMMANDS),
                arguments("blank messages", frame(0x81, " \n ".getBytes(UTF_8)), 500, Guard.COMMANDS),
                arguments("commands", frame(0x81, "{\"send\":{\"data\":{}}}".getBytes(UTF_8)), 500, Guard.COMMANDS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodIsEndedWith3013(String what, byte[] frame, int count, Guard guard) {
        int before = node.hits(guard);
        try (RawClient client = RawClient.connect(node, "flood")) {
            try {
                client.socket().sendBytes(repeat(frame, count));
            } catch (UncheckedIOException alreadyClosed) {
                // The code can be read all the same, or the connection was reset.
            }
            assertThat(client.closeCode()).as(what).isEqualTo(3013);
            assertThat(node.hits(guard)).isEqualTo(before + 1);
        }
    }

    @Test
    void moreCommandsThanMayWaitEndTheConnection() {
        try (RawClient client = RawClient.connect(node, "impatient")) {
            StringBuilder calls = new StringBuilder();
            for (int i = 10; i < 90; i++) {
                calls.append("{\"id\":").append(i).append(",\"rpc\":{\"method\":\"inbox.list\"}}\n");
            }
            client.socket().sendText(calls.toString());

            assertThat(client.closeCode()).isEqualTo(3013);
            assertThat(node.hits(Guard.QUEUED_COMMANDS)).isPositive();
        }
    }

    /// Each message is within its limit, and so is their number.
    @Test
    void argumentsOfCommandsThatWaitAreNoMoreThanAMessageMayHave() {
        try (RawClient client = RawClient.connect(node, "hoarder")) {
            var calls = new ByteArrayOutputStream();
            for (int i = 10; i < 40; i++) {
                String call = "{\"id\":" + i + ",\"rpc\":{\"method\":\"inbox.list\",\"data\":{\"x\":\""
                        + "x".repeat(3_000) + "\"}}}";
                calls.writeBytes(frame(0x80 | TEXT, call.getBytes(UTF_8)));
            }
            int before = node.hits(Guard.QUEUED_COMMANDS);
            client.socket().sendBytes(calls.toByteArray());

            assertThat(client.closeCode()).isEqualTo(3013);
            assertThat(node.hits(Guard.QUEUED_COMMANDS)).isEqualTo(before + 1);
        }
    }

    // The protocol ----------------------------------------------------------------------------------------------

    @Test
    void whoDoesNotConnectInTimeIsClosed() {
        try (RawWebSocket socket = node.socket().open()) {
            RawWebSocket.Frame close = socket.readClose();
            assertThat(close.code()).isEqualTo(3502);
            assertThat(node.hits(Guard.CONNECT)).isPositive();
            assertThat(close.reason()).isEqualTo("stale");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "[]",
                "{\"id\":1",
                "{\"id\":\"1\",\"connect\":{}}",
                "{\"connect\":{}}",
                "{\"id\":0,\"connect\":{}}",
                "{\"id\":-1,\"connect\":{}}",
                "{\"id\":1}",
                "{\"id\":1,\"dance\":{}}",
                "{\"id\":1,\"rpc\":{\"method\":\"inbox.counts\"}}",
                "{\"id\":1,\"connect\":{},\"rpc\":{}}",
                "{\"id\":1,\"connect\":{\"subs\":[]}}",
                "{}",
            })
    void whatIsNotAConnectCommandIsAFirstCommandTooMany(String message) {
        try (RawWebSocket socket = node.socket().open()) {
            socket.sendText(message);
            assertThat(socket.readClose().code()).isEqualTo(3501);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":7,\"connect\":{\"token\":\"x\"}}",
                "{\"rpc\":{\"method\":\"inbox.counts\"}}",
                "{\"id\":7,\"rpc\":{\"data\":" + "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                        + "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}",
                "{}",
            })
    void whatAConnectedClientMustNotSendEndsTheConnection(String message) {
        try (RawClient client = RawClient.connect(node, "rude")) {
            client.socket().sendText(message);
            assertThat(client.closeCode()).isEqualTo(3501);
        }
    }

    @Test
    void commandsOfOneFrameWithTheConnectAreAnsweredAfterIt() {
        try (RawClient client = RawClient.open(node)) {
            client.socket()
                    .sendText("{\"id\":1,\"connect\":{\"token\":\"" + node.token("eager") + "\"}}\n"
                            + "{\"id\":2,\"subscribe\":{\"channel\":\"news:all\",\"flag\":1}}\n"
                            + "{\"id\":3,\"subscribe\":{\"channel\":\"inbox\"}}\n"
                            + "{\"id\":4,\"unsubscribe\":{\"channel\":\"inbox\"}}\n"
                            + "{\"id\":5,\"unsubscribe\":{\"channel\":\"news:all\"}}\n"
                            + "{\"id\":6,\"history\":{\"channel\":\"inbox\"}}\n"
                            + "{\"id\":7,\"presence\":{\"channel\":\"inbox\"}}\n"
                            + "{\"id\":8,\"publish\":{\"channel\":\"inbox\",\"data\":{}}}\n"
                            + "{\"send\":{\"data\":{}}}\n"
                            + "{\"id\":9,\"rpc\":{\"method\":\"inbox.counts\"}}");

            assertThat(client.next().path("id").asInt()).isEqualTo(1);
            assertError(client, 2, 102);
            assertError(client, 3, 105);
            assertError(client, 4, 108);
            assertThat(client.next().path("unsubscribe").isObject()).isTrue();
            assertError(client, 6, 108);
            assertError(client, 7, 108);
            assertError(client, 8, 108);
            assertThat(client.next().at("/rpc/data/offset").asInt()).isZero();
        }
    }

    private static void assertError(RawClient client, int id, int code) {
        JsonNode reply = client.next();
        assertThat(reply.path("id").asInt()).isEqualTo(id);
        assertThat(reply.at("/error/code").asInt()).isEqualTo(code);
    }

    // Protobuf --------------------------------------------------------------------------------------------------

    @Test
    void theSubprotocolIsAgreedToAndTheFormatOfTheQueryTaken() {
        try (RawWebSocket socket = node.socket().connect()) {
            RawWebSocket.Response response =
                    socket.request(node.socket().header("Sec-WebSocket-Protocol", Encoding.PROTOBUF_SUBPROTOCOL));
            assertThat(response.headers()).containsEntry("sec-websocket-protocol", Encoding.PROTOBUF_SUBPROTOCOL);
            assertThat(isLetIn(socket)).isTrue();
        }
        for (String query : new String[] {"?format=protobuf", "?cf_protocol=protobuf"}) {
            try (RawWebSocket socket =
                    RawWebSocket.to(node.port(), GatewaySocket.PATH + query).open()) {
                assertThat(isLetIn(socket)).as(query).isTrue();
            }
        }
    }

    /// Connects in Protobuf.
    private boolean isLetIn(RawWebSocket socket) {
        socket.send(
                BINARY,
                true,
                new ProtobufOutput()
                        .number(1, 1)
                        .message(4, new ProtobufOutput().text(1, node.token("binary")))
                        .toDelimited());
        RawWebSocket.Frame frame = socket.read();
        return frame.opcode() == BINARY && frame.text().contains("announcements");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "05 08", "02 2205", "06 2204 0a02 c328", "02 0b0c", "02 2200", "02 0801", "00"})
    void whatIsNoProtobufEndsTheConnection(String message) {
        try (RawWebSocket socket = RawWebSocket.to(node.port(), GatewaySocket.PATH)
                .header("Sec-WebSocket-Protocol", Encoding.PROTOBUF_SUBPROTOCOL)
                .open()) {
            if (message.equals("text")) {
                socket.sendText("{}");
                assertThat(socket.readClose().code()).isEqualTo(1003);
            } else {
                socket.send(BINARY, true, HexFormat.of().parseHex(message.replace(" ", "")));
                assertThat(socket.readClose().code()).isEqualTo(3501);
            }
        }
    }

    // The upgrade -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "https://app.example.com.evil.example",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://sub.app.example.com",
                "file://",
                "not an origin",
            })
    void aForeignPageIsRefusedBeforeTheUpgrade(String origin) {
        RawWebSocket.Opening opening =
                node.socket().header("Host", "app.example.com.example").header("Origin", origin);
        int before = node.hits(Guard.ORIGINS);
        assertThat(opening.refused().status()).isEqualTo(403);
        assertThat(node.hits(Guard.ORIGINS)).isEqualTo(before + 1);
    }

    @Test
    void pagesOfTheOwnHostAndOfAllowedOriginsMayConnect() {
        for (String origin : new String[] {"https://app.example.com", "https://belfry.example.com", null}) {
            node.socket()
                    .header("Host", "belfry.example.com")
                    .header("Origin", origin)
                    .open()
                    .close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Version, 99, 426",
        "Sec-WebSocket-Version, , 426",
        "Sec-WebSocket-Key, , 400",
        "Sec-WebSocket-Key, c2hvcnQ=, 400",
        "Upgrade, h2c, 426",
        "Upgrade, , 426",
    })
    void whatIsNoProperUpgradeIsRefused(String header, String value, int status) {
        assertThat(node.socket().header(header, value).refused().status()).isEqualTo(status);
    }

    /// Tickets come there, and what people put there by mistake.
    @Test
    void whatStandsInAQueryIsInNoLog() {
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        try {
            for (String target : new String[] {
                "/v1/stream?ticket=hush-hush",
                "/v1/stream?ticket=hush-hush%ZZ",
                "/v1/stream?last_event_id=hush-hush&ticket=" + "hush-hush".repeat(400),
                GatewaySocket.PATH + "?token=hush-hush",
                GatewaySocket.PATH + "?token=hush-hush%",
                "/nowhere?access_token=hush-hush",
                "http://[/?hush-hush",
            }) {
                try (RawWebSocket socket = node.socket().connect()) {
                    socket.sendBytes(("GET " + target + " HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n"
                                    + "Connection: close\r\n\r\n")
                            .getBytes(UTF_8));
                    assertThat(socket.response().status()).as(target).isBetween(400, 499);
                }
            }
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list)
                .noneMatch(event -> event.getFormattedMessage().contains("hush-hush")
                        || event.getThrowableProxy() != null
                                && String.valueOf(event.getThrowableProxy().getMessage())
                                        .contains("hush-hush"));
    }

    @Test
    void compressionIsNotAgreedTo() {
        try (RawWebSocket socket = node.socket().connect()) {
            socket.sendBytes(("GET " + GatewaySocket.PATH + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n")
                    .getBytes(UTF_8));

            RawWebSocket.Response response = socket.response();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers()).doesNotContainKey("sec-websocket-extensions");
        }
    }

    @Test
    void headersThatDripAreCutOff() {
        try (RawWebSocket socket = node.socket().connect()) {
            long begun = System.nanoTime();
            assertThatCode(() -> {
                        socket.patience(java.time.Duration.ofMillis(50));
                        for (byte b : ("GET " + GatewaySocket.PATH + " HTTP/1.1\r\nX-Slow: " + "s".repeat(500))
                                .getBytes(UTF_8)) {
                            socket.sendBytes(new byte[] {b});
                            if (ended(socket)) {
                                return;
                            }
                        }
                        throw new AssertionError("still open after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
                    })
                    .doesNotThrowAnyException();
        }
    }

    /// The clock of a request starts with its first byte, so that a kept-alive connection may wait.
    @Test
    void whoDoesNotFinishItsHeadersIsCounted() {
        int before = node.hits(Guard.HEADERS);
        try (RawWebSocket socket = node.socket().connect()) {
            socket.sendBytes("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(UTF_8));
            socket.readToEnd();
        }
        assertThat(node.hits(Guard.HEADERS)).isEqualTo(before + 1);
    }

    /// Waits a little for the end.
    private static boolean ended(RawWebSocket socket) {
        try {
            socket.readToEnd();
            return true;
        } catch (AssertionError stillOpen) {
            return false;
        }
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] repeat(byte[] part, int times) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
