package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import io.netty.util.ResourceLeakDetector;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// Mutated commands in both encodings: they end their own connection at most, and nobody notices.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzTest {
    private static final int ROUNDS = 120;

    /// What may become of a client whose messages are nonsense: it is closed for good, or for what it asked too often.
    private static final Set<Integer> CODES = Set.of(1003, 1007, 1009, 3005, 3013, 3500, 3501);

    private final GatewayNode node;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    FuzzTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.namespaces.news.subscribe",
                        "token, users",
                        "belfry.gateway.namespaces.news.presence",
                        "users",
                        "belfry.gateway.namespaces.news.join-leave",
                        true,
                        "belfry.gateway.namespaces.news.history-size",
                        10,
                        "belfry.gateway.namespaces.news.publish",
                        "users"));
        log.start();
        ((Logger) LoggerFactory.getLogger("io.belfry")).addAppender(log);
        // Buffers that are forgotten are logged as an error.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(log);
    }

    @AfterAll
    void stop() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        ((Logger) LoggerFactory.getLogger("io.belfry")).detachAppender(log);
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).detachAppender(log);
        node.close();
    }

    @ParameterizedTest
    @EnumSource
    void nonsenseEndsNothingButItsOwnConnection(Encoding encoding) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (RawClient bystander = RawClient.connect(node, "bystander")) {
            int before = node.bean(Sockets.class).open();
            for (int round = 0; round < ROUNDS; round++) {
                converse(encoding, random, "seed " + seed + ", round " + round);
            }
            node.inbound().send("bystander", 1);
            assertThat(bystander.nextOffset()).as("seed " + seed).isPositive();
            await().untilAsserted(() -> assertThat(node.bean(Sockets.class).open())
                    .as("connections")
                    .isEqualTo(before));
        }
        assertThat(node.count("bugs")).as("seed " + seed).isZero();
        assertThat(log.list)
                .as("seed " + seed)
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null);
    }

    /// Below commands: frames whose every byte may be wrong, so that most break the rules of WebSocket.
    @ParameterizedTest
    @EnumSource
    void brokenFramesEndNothingButTheirOwnConnection(Encoding encoding) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int opcode = 0x80 | (encoding == Encoding.PROTOBUF ? RawWebSocket.BINARY : RawWebSocket.TEXT);
        List<byte[]> frames = (encoding == Encoding.PROTOBUF ? protobufSeeds() : jsonSeeds())
                .stream().map(command -> RawWebSocket.frame(opcode, command)).toList();
        try (RawClient bystander = RawClient.connect(node, "onlooker")) {
            int before = node.bean(Sockets.class).open();
            for (int round = 0; round < ROUNDS; round++) {
                try (RawWebSocket socket = opening(encoding).open()) {
                    socket.sendBytes(frames.getFirst());
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        socket.sendBytes(mutate(frames.get(random.nextInt(frames.size())), frames, random));
                    }
                } catch (UncheckedIOException closed) {
                    // While the test still wrote.
                }
            }
            node.inbound().send("onlooker", 1);
            assertThat(bystander.nextOffset()).as("seed " + seed).isPositive();
            await().untilAsserted(() -> assertThat(node.bean(Sockets.class).open())
                    .as("connections")
                    .isEqualTo(before));
        }
        assertThat(node.count("bugs")).as("seed " + seed).isZero();
        assertThat(log.list)
                .as("seed " + seed)
                .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null);
    }

    private RawWebSocket.Opening opening(Encoding encoding) {
        RawWebSocket.Opening opening = node.socket();
        return encoding == Encoding.PROTOBUF
                ? opening.header("Sec-WebSocket-Protocol", Encoding.PROTOBUF_SUBPROTOCOL)
                : opening;
    }

    /// Connects properly every other time, sends mutants, and reads until the close frame or the answer to a command
    /// that came through.
    private void converse(Encoding encoding, Random random, String label) {
        int opcode = encoding == Encoding.PROTOBUF ? RawWebSocket.BINARY : RawWebSocket.TEXT;
        List<byte[]> seeds = encoding == Encoding.PROTOBUF ? protobufSeeds() : jsonSeeds();
        try (RawWebSocket socket = opening(encoding).open()) {
            if (random.nextBoolean()) {
                socket.send(opcode, true, seeds.getFirst());
                socket.read();
            }
            int mutants = 1 + random.nextInt(12);
            for (int i = 0; i < mutants; i++) {
                byte[] seed = seeds.get(random.nextInt(seeds.size()));
                socket.send(opcode, true, mutate(seed, seeds, random));
            }
            // A second connect is against the rules, so that the conversation has an end in any case.
            socket.send(opcode, true, seeds.getFirst());
            socket.send(opcode, true, seeds.getFirst());
            assertThat(socket.readClose().code()).as(label).isIn(CODES);
        } catch (UncheckedIOException reset) {
            // It was closed while the test still wrote.
            assertThat(node.count("bugs")).as(label).isZero();
        }
    }

    private static byte[] mutate(byte[] seed, List<byte[]> others, Random random) {
        byte[] mutant = seed.clone();
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes && mutant.length > 0; i++) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(6)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 -> mutant = Arrays.copyOf(mutant, at);
                case 3 -> mutant = Arrays.copyOf(mutant, mutant.length + random.nextInt(40));
                case 4 -> mutant = splice(mutant, at, others.get(random.nextInt(others.size())));
                default -> mutant[at] = (byte) (random.nextBoolean() ? 0xFF : 0x80);
            }
        }
        return mutant;
    }

    private static byte[] splice(byte[] into, int at, byte[] other) {
        byte[] spliced = Arrays.copyOf(into, at + other.length);
        System.arraycopy(other, 0, spliced, at, other.length);
        return spliced;
    }

    private List<byte[]> jsonSeeds() {
        var seeds = new ArrayList<byte[]>();
        for (String command : List.of(
                "{\"id\":1,\"connect\":{\"token\":\"" + node.token("fuzzer")
                        + "\",\"data\":{\"deviceId\":\"f\",\"locale\":\"de\"},\"subs\":{\"inbox\":{\"recover\":true,\"offset\":0,\"epoch\":\"e\"}}}}",
                "{\"id\":2,\"rpc\":{\"method\":\"inbox.list\",\"data\":{\"limit\":5}}}",
                "{\"id\":3,\"refresh\":{\"token\":\"" + node.token("fuzzer") + "\"}}",
                "{\"id\":4,\"subscribe\":{\"channel\":\"news:all\",\"flag\":1,\"recover\":true,\"offset\":5}}",
                "{\"id\":5,\"history\":{\"channel\":\"news:all\",\"limit\":10,\"since\":{\"offset\":1,\"epoch\":\"x\"}}}",
                "{\"id\":6,\"publish\":{\"channel\":\"news:all\",\"data\":{\"a\":[1,2,{\"b\":null}]}}}",
                "{\"id\":8,\"subscribe\":{\"channel\":\"news:b\",\"join_leave\":true,\"token\":\""
                        + GatewayNode.channelToken("fuzzer", "news:b", Duration.ofHours(1)) + "\"}}",
                "{\"id\":9,\"sub_refresh\":{\"channel\":\"news:b\",\"token\":\""
                        + GatewayNode.channelToken("fuzzer", "news:b", Duration.ofHours(1)) + "\"}}",
                "{\"id\":10,\"presence_stats\":{\"channel\":\"news:b\"}}",
                "{\"id\":7,\"presence\":{\"channel\":\"news:all\"}}\n{\"send\":{\"data\":{}}}\n{}")) {
            seeds.add(command.getBytes(StandardCharsets.UTF_8));
        }
        return seeds;
    }

    private List<byte[]> protobufSeeds() {
        byte[] data = "{\"limit\":5}".getBytes(StandardCharsets.UTF_8);
        var position = new ProtobufOutput().flag(3, true).text(6, "e").number(7, 3);
        return List.of(
                command(
                        1,
                        4,
                        new ProtobufOutput()
                                .text(1, node.token("fuzzer"))
                                .data(2, data)
                                .message(
                                        3, new ProtobufOutput().text(1, "inbox").message(2, position))),
                command(2, 13, new ProtobufOutput().data(1, data).text(2, "inbox.list")),
                command(3, 14, new ProtobufOutput().text(1, node.token("fuzzer"))),
                command(
                        4,
                        5,
                        new ProtobufOutput()
                                .text(1, "news:all")
                                .flag(3, true)
                                .number(7, 5)
                                .number(14, 3)),
                command(
                        5,
                        10,
                        new ProtobufOutput()
                                .text(1, "news:all")
                                .number(7, 10)
                                .message(8, new ProtobufOutput().number(1, 1).text(2, "x"))),
                command(
                        7,
                        15,
                        new ProtobufOutput()
                                .text(1, "news:all")
                                .text(2, GatewayNode.channelToken("fuzzer", "news:all", Duration.ofHours(1)))),
                command(8, 8, new ProtobufOutput().text(1, "news:all")),
                command(9, 9, new ProtobufOutput().text(1, "news:all")),
                command(6, 7, new ProtobufOutput().text(1, "news:all").data(2, data)),
                command(0, 12, new ProtobufOutput().data(1, data)));
    }

    private static byte[] command(int id, int kind, ProtobufOutput request) {
        return new ProtobufOutput().number(1, id).message(kind, request).toDelimited();
    }
}
