package io.belfry.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How many may come, how fast, and who has to make room.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class LimitTest {
    private final TestDatabase database;
    private final RedisServer redis;

    LimitTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    private GatewayNode node(String... settings) {
        var all = new HashMap<String, Object>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put("belfry.gateway." + settings[i], settings[i + 1]);
        }
        return GatewayNode.start(database, redis.url(), all);
    }

    @Test
    void oneConnectionTooManyDisplacesTheMostSilentOfTheUser() {
        try (GatewayNode node = node("limits.connections-per-user", "3");
                RawClient silent = RawClient.connect(node, "busy");
                RawClient second = RawClient.connect(node, "busy");
                RawClient other = RawClient.connect(node, "idle");
                RawClient third = RawClient.connect(node, "busy")) {
            second.rpc("inbox.counts", "{}");

            try (RawClient fourth = RawClient.connect(node, "busy")) {
                RawWebSocket.Frame close = silent.socket().readClose();
                assertThat(close.code()).isEqualTo(3504);
                assertThat(close.reason()).isEqualTo("connection limit");
                assertThat(node.hits(Guard.CONNECTIONS_OF_USER)).isEqualTo(1);
                node.inbound().send("busy", 1);
                for (RawClient live : List.of(second, third, fourth)) {
                    assertThat(live.nextOffset()).isEqualTo(1);
                }
                assertThat(other.rpc("inbox.counts", "{}").has("rpc")).isTrue();
            }
        }
    }

    @Test
    void oneThatIsLateWithItsPongMayComeBack() {
        try (GatewayNode node = node("limits.connections-per-user", "1", "ping", "1s", "pong-timeout", "1m");
                RawClient asleep = RawClient.connect(node, "sleeper")) {
            await().until(() -> node.bean(Registry.class).feeds().stream()
                    .allMatch(feed ->
                            System.nanoTime() - feed.mostSilent().connection().heardAtNanos() > 3_100_000_000L));

            RawClient.connect(node, "sleeper").close();

            assertThat(asleep.closeCode()).isEqualTo(3012);
        }
    }

    @Test
    void aUserWhoComesAndGoesForEverLeavesNothingBehind() {
        try (GatewayNode node = node("limits.connections-per-user", "2")) {
            for (int i = 0; i < 30; i++) {
                RawClient client = RawClient.connect(node, "restless");
                if (i % 3 == 0) {
                    client.close();
                }
            }
            await().until(() -> node.bean(Registry.class).feeds().stream().allMatch(feed -> feed.memberCount() <= 2));
            await().untilAsserted(() -> assertThat(connections(node)).isLessThanOrEqualTo(2));
            try (RawClient last = RawClient.connect(node, "restless")) {
                node.inbound().send("restless", 1);
                assertThat(last.nextOffset()).isEqualTo(1);
            }
        }
    }

    @Test
    void whatComesFasterThanTheNodeLetsInIsToldToComeLater() {
        try (GatewayNode node = node("limits.upgrades-per-second", "5")) {
            var open = new ArrayList<RawWebSocket>();
            RawWebSocket.Response refusal = null;
            for (int i = 0; i < 50 && refusal == null; i++) {
                RawWebSocket socket = node.socket().connect();
                RawWebSocket.Response response = socket.request(node.socket());
                if (response.status() == 101) {
                    open.add(socket);
                } else {
                    refusal = response;
                }
            }
            assertThat(open).hasSizeBetween(5, 40);
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(node.hits(Guard.UPGRADES)).isPositive();
            assertThat(refusal.headers()).containsKey("retry-after");
            open.forEach(RawWebSocket::close);
            await().until(() -> {
                try (RawWebSocket socket = node.socket().connect()) {
                    return socket.request(node.socket()).status() == 101;
                }
            });
        }
    }

    @Test
    void aFullNodeAndAFullAddressSayWhichTheyAre() {
        try (GatewayNode node = node("limits.connections", "2");
                RawWebSocket first = node.socket().open()) {
            try (RawWebSocket second = node.socket().open()) {
                assertThat(node.socket().refused().status()).isEqualTo(503);
                assertThat(first.hasBytes() || second.hasBytes()).isFalse();
                assertThat(node.hits(Guard.CONNECTIONS)).isEqualTo(1);
            }
            await().untilAsserted(() -> node.socket().open().close());
        }
        try (GatewayNode node = node("limits.connections-per-address", "1");
                RawWebSocket first = node.socket().open()) {
            assertThat(node.socket().refused().status()).isEqualTo(429);
            assertThat(node.hits(Guard.CONNECTIONS_OF_ADDRESS)).isEqualTo(1);
            assertThat(first.hasBytes()).isFalse();
        }
    }

    /// The tests' own address is the proxy's: each client may have one connection.
    @Test
    void behindATrustedProxyTheAddressIsTheClients() {
        try (GatewayNode node = node(
                        "limits.connections-per-address",
                        "1",
                        "trusted-proxies",
                        "127.0.0.1, 10.0.0.0/8, 2001:db8::/32");
                RawWebSocket first = from(node, "203.0.113.1").open()) {
            for (String claimed : List.of(
                    "203.0.113.1",
                    "198.51.100.7, 203.0.113.1",
                    "203.0.113.1, 10.1.2.3",
                    "198.51.100.7,203.0.113.1:4711 ,[2001:db8::1]:80, 10.255.0.1",
                    "unknown, 203.0.113.1")) {
                assertThat(from(node, claimed).refused().status()).as(claimed).isEqualTo(429);
            }
            from(node, "203.0.113.2").open().close();
            from(node, "203.0.113.1, 203.0.113.3").open().close();
            assertThat(first.hasBytes()).isFalse();
        }
    }

    @Test
    void whatOthersSayOfTheirAddressDoesNotCount() {
        try (GatewayNode node = node("limits.connections-per-address", "1", "trusted-proxies", "10.0.0.0/8");
                RawWebSocket first = from(node, "203.0.113.1").open()) {
            assertThat(from(node, "203.0.113.2").refused().status()).isEqualTo(429);
            assertThat(first.hasBytes()).isFalse();
        }
    }

    static Stream<Arguments> proxyHeaders() {
        byte[] v2 = HexFormat.of()
                .parseHex(
                        "0d0a0d0a000d0a515549540a" + "21" + "11" + "000c" + "cb007101" + "7f000001" + "1f90" + "01bb");
        return Stream.of(
                arguments("version 1", "PROXY TCP4 203.0.113.1 127.0.0.1 8080 443\r\n".getBytes(UTF_8)),
                arguments("version 2", v2));
    }

    /// The tests' own address is the proxy's, again.
    @ParameterizedTest(name = "{0}")
    @MethodSource("proxyHeaders")
    void aProxyThatSpeaksThePROXYProtocolTellsTheAddress(String version, byte[] header) {
        try (GatewayNode node = node("limits.connections-per-address", "1", "proxy-protocol-from", "127.0.0.0/8");
                RawWebSocket first = node.socket().connect()) {
            first.sendBytes(header);
            assertThat(first.request(node.socket()).status()).isEqualTo(101);
            try (RawWebSocket again = node.socket().connect()) {
                again.sendBytes(header);
                assertThat(again.request(node.socket()).status()).isEqualTo(429);
            }
            try (RawWebSocket other = node.socket().connect()) {
                other.sendBytes("PROXY TCP6 2001:db8::7 ::1 8080 443\r\n".getBytes(UTF_8));
                assertThat(other.request(node.socket()).status()).isEqualTo(101);
            }
            try (RawWebSocket check = node.socket().connect()) {
                check.sendBytes("PROXY UNKNOWN\r\n".getBytes(UTF_8));
                assertThat(check.request(node.socket()).status()).isEqualTo(101);
            }
            try (RawWebSocket without = node.socket().connect()) {
                without.sendBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
                without.readToEnd();
            }
            assertThat(node.count("bugs")).isZero();
        }
    }

    /// What would be a proxy's header is no HTTP, from anybody else.
    @Test
    void nobodyElseMaySendAProxysHeader() {
        try (GatewayNode node = node("proxy-protocol-from", "10.0.0.0/8");
                RawWebSocket liar = node.socket().connect()) {
            liar.sendBytes("PROXY TCP4 203.0.113.1 127.0.0.1 8080 443\r\n".getBytes(UTF_8));
            assertThat(liar.request(node.socket()).status()).isEqualTo(400);
        }
    }

    private static RawWebSocket.Opening from(GatewayNode node, String forwardedFor) {
        return node.socket().header("X-Forwarded-For", forwardedFor);
    }

    private static int connections(GatewayNode node) {
        return node.bean(Sockets.class).open();
    }
}
