package io.belfry.gateway;

import static io.belfry.testkit.websocket.RawWebSocket.CONTINUATION;
import static io.belfry.testkit.websocket.RawWebSocket.PING;
import static io.belfry.testkit.websocket.RawWebSocket.TEXT;
import static io.belfry.testkit.websocket.RawWebSocket.frame;
import static io.belfry.testkit.websocket.RawWebSocket.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What kills a server that trusts its clients, against one that has 72 MB of heap: it lives on, in bounds, others get
/// what is theirs meanwhile, and the log stays readable.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttackTest {
    private static final int HEAP_MEGABYTES = 72;

    /// Heap, as much of direct memory, and what a JVM with this class path takes besides.
    private static final int MAX_RESIDENT_MEGABYTES = 2 * HEAP_MEGABYTES + 200;
    private static final int MESSAGE_BYTES = 65_536;
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final GatewayNode publisher;
    private final SmallNode node;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<RawWebSocket> attackers = new ArrayList<>();
    private RawClient bystander;

    AttackTest(TestDatabase database, RedisServer redis, @TempDir Path home) throws IOException {
        publisher = GatewayNode.start(database, redis.url());
        var settings = new HashMap<>(GatewayNode.complete(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.header-timeout", "3s",
                        "belfry.gateway.connect-deadline", "3s",
                        "belfry.gateway.slow-timeout", "3s",
                        "belfry.gateway.limits.unfinished-bytes", 4 << 20)));
        settings.put("micronaut.server.port", 0);
        node = new SmallNode(HEAP_MEGABYTES, settings, home.resolve("log"));
    }

    @AfterAll
    void stop() {
        node.close();
        http.close();
        publisher.close();
    }

    @BeforeEach
    void watch() {
        bystander = new RawClient(opening().open());
        bystander.connect("{\"token\":\"" + publisher.token("bystander") + "\"}");
    }

    /// The bystander is served, the node answers, and nothing was logged that somebody would have to read.
    @AfterEach
    void nobodyElseNotices() {
        try {
            publisher.inbound().send("bystander", 1);
            assertThat(bystander.nextOffset()).isPositive();
            long begun = System.nanoTime();
            assertThat(health()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ANSWER);
            assertThat(node.isAlive()).isTrue();
            assertThat(node.residentMegabytes()).isLessThan(MAX_RESIDENT_MEGABYTES);
            assertThat(node.log())
                    .noneMatch(line -> line.contains("Exception") || line.contains("OutOf") || line.contains("LEAK"));
        } finally {
            attackers.forEach(RawWebSocket::close);
            attackers.clear();
            bystander.close();
        }
    }

    private int health() {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/health"))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private RawWebSocket.Opening opening() {
        return RawWebSocket.to(node.port(), GatewaySocket.PATH);
    }

    private RawWebSocket attacker() {
        RawWebSocket socket = opening().open();
        attackers.add(socket);
        return socket;
    }

    private RawWebSocket connected(String user) {
        RawWebSocket socket = opening().receiveBuffer(4_096).open();
        attackers.add(socket);
        socket.sendText("{\"id\":1,\"connect\":{\"token\":\"" + publisher.token(user) + "\"}}");
        socket.read();
        return socket;
    }

    /// Sends the same again and again, until the server has had enough.
    private static void flood(RawWebSocket socket, byte[] bytes, int times) {
        try {
            for (int i = 0; i < times; i++) {
                socket.sendBytes(bytes);
            }
        } catch (UncheckedIOException closed) {
            // That is what is wanted.
        }
    }

    private static byte[] repeat(byte[] part, int times) {
        byte[] all = new byte[part.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, all, i * part.length, part.length);
        }
        return all;
    }

    @Test
    void pingsOfClientsThatReadNothing() {
        byte[] pings = repeat(frame(0x80 | PING, new byte[125]), 1_000);
        for (int i = 0; i < 20; i++) {
            flood(connected("pinger"), pings, 500);
        }
    }

    @Test
    void compressedMessages() {
        byte[] deflated = frame(0xC1, new byte[60_000]);
        for (int i = 0; i < 50; i++) {
            RawWebSocket socket = attacker();
            flood(socket, deflated, 20);
        }
    }

    @Test
    void fragmentsWithoutEnd() {
        byte[] fragment = frame(CONTINUATION, new byte[8_000]);
        for (int i = 0; i < 20; i++) {
            RawWebSocket socket = attacker();
            socket.send(TEXT, false, "{".getBytes(UTF_8));
            flood(socket, fragment, 2_000);
        }
    }

    /// Together they would be more than the heap.
    @Test
    void messagesThatAreAllButWhole() {
        byte[] most = Arrays.copyOf(frame(0x80 | TEXT, new byte[MESSAGE_BYTES]), MESSAGE_BYTES);
        open(1_500, i -> {
            RawWebSocket socket = opening().open();
            flood(socket, most, 1);
            return socket;
        });
    }

    @Test
    void lengthsWithoutContent() {
        byte[] promise = header(0x81, 0x80, MESSAGE_BYTES);
        open(1_500, i -> {
            RawWebSocket socket = opening().open();
            socket.sendBytes(promise);
            return socket;
        });
    }

    @Test
    void headersThatNeverEnd() {
        byte[] half =
                ("GET " + GatewaySocket.PATH + " HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(8_000)).getBytes(UTF_8);
        open(1_500, i -> {
            RawWebSocket socket = opening().connect();
            socket.sendBytes(half);
            return socket;
        });
        attackers.forEach(RawWebSocket::readToEnd);
    }

    @Test
    void socketsThatSayNothing() {
        open(1_500, i -> opening().open());
        attackers.forEach(socket -> assertThat(socket.readClose().code()).isEqualTo(3502));
    }

    @Test
    void tokensThatAreNone() {
        byte[] huge = frame(
                0x80 | TEXT,
                ("{\"id\":1,\"connect\":{\"token\":\"" + "eyJhbGciOiJub25lIn0.".repeat(3_000) + "\"}}")
                        .getBytes(UTF_8));
        for (int i = 0; i < 300; i++) {
            RawWebSocket socket = attacker();
            socket.sendBytes(huge);
            assertThat(socket.readClose().code()).isEqualTo(3500);
            socket.close();
        }
    }

    @Test
    void callsWhoseAnswersNobodyReads() {
        publisher.inbound().sendLarge("reader-of-nothing", 100, 20_000);
        byte[] call = frame(
                0x80 | TEXT, "{\"id\":9,\"rpc\":{\"method\":\"inbox.list\",\"data\":{\"limit\":100}}}".getBytes(UTF_8));
        for (int i = 0; i < 10; i++) {
            flood(connected("reader-of-nothing"), call, 60);
        }
    }

    @Test
    void publicationsThatNobodyReads() {
        for (int i = 0; i < 10; i++) {
            connected("non-reader");
        }
        for (int i = 0; i < 20; i++) {
            publisher.inbound().sendLarge("non-reader", 50, 60_000);
        }
    }

    /// Several at a time: the deadlines run.
    private void open(int count, IntFunction<RawWebSocket> one) {
        for (int i = 0; i < count; i++) {
            attackers.add(one.apply(i));
        }
    }
}
