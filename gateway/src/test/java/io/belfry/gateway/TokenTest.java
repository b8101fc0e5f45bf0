package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which tokens let a client in, for how long, and what a client is told whose token does not.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenTest {
    private static final Instant SOON = Instant.now().plusSeconds(600);

    private final TestDatabase database;
    private final RedisServer redis;
    private final GatewayNode node;

    TokenTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.tokens.leeway", "0s",
                        "belfry.gateway.ping", "1s",
                        "belfry.gateway.expiry-grace", "2s",
                        "belfry.gateway.limits.expired-token-uses", 3));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    static Stream<Arguments> refusedTokens() throws JOSEException {
        RSAKey foreign = new RSAKeyGenerator(2048).keyID("foreign").generate();
        String good = hs256(UnaryOperator.identity());
        return Stream.of(
                arguments("none at all", ""),
                arguments("no token", "x.y.z"),
                arguments("unsigned", new PlainJWT(claims(c -> c)).serialize()),
                arguments(
                        "another secret",
                        signed(JWSAlgorithm.HS256, new MACSigner("another secret of 32 bytes or more"), null, c -> c)),
                arguments(
                        "another algorithm",
                        signed(JWSAlgorithm.HS512, new MACSigner(GatewayNode.SECRET.repeat(2)), null, c -> c)),
                arguments(
                        "signed with a key that nobody named",
                        signed(JWSAlgorithm.RS256, new RSASSASigner(foreign), "foreign", c -> c)),
                arguments("changed after signing", good.substring(0, good.length() - 3) + "AAA"),
                arguments("without exp", hs256(c -> c.expirationTime(null))),
                arguments("for another audience", hs256(c -> c.audience("other"))),
                arguments("for no audience", hs256(c -> c.audience((String) null))),
                arguments("not valid yet", hs256(c -> c.notBeforeTime(Date.from(SOON)))),
                arguments("of nobody", hs256(c -> c.subject(null))),
                arguments("of the empty user", hs256(c -> c.subject(""))),
                arguments("of a user that cannot be", hs256(c -> c.subject("a user\n"))),
                arguments("expired, and for another audience", hs256(c -> c.audience("other")
                        .expirationTime(new Date(0)))),
                arguments("for a channel", hs256(c -> c.claim("channel", "news:today"))),
                arguments("of another type", typed("at+jwt")),
                arguments("huge", hs256(c -> c.claim("x", "y".repeat(10_000)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedTokens")
    void aTokenThatIsNotOursEndsTheConnection(String what, String token) {
        try (RawWebSocket socket = node.socket().open()) {
            socket.sendText("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
            RawWebSocket.Frame frame = socket.read();
            assertThat(frame.isClose()).as(what).isTrue();
            assertThat(frame.code()).isEqualTo(3500);
            assertThat(frame.reason()).as("the same for all").isEqualTo("invalid token");
        }
    }

    @Test
    void anExpiredTokenIsAReasonToGetAnotherAFewTimes() {
        String expired = hs256(c -> c.expirationTime(Date.from(Instant.now().minusSeconds(1))));
        for (int use = 1; use <= 3; use++) {
            try (RawClient client = RawClient.open(node)) {
                JsonNode error =
                        client.connect("{\"token\":\"" + expired + "\"}").path("error");
                assertThat(error.path("code").asInt()).as("use " + use).isEqualTo(109);
                assertThat(error.path("temporary").asBoolean()).isFalse();
            }
        }
        try (RawClient client = RawClient.open(node)) {
            client.socket().sendText("{\"id\":1,\"connect\":{\"token\":\"" + expired + "\"}}");
            assertThat(client.closeCode()).as("a client that can get no other").isEqualTo(3500);
        }
        String another = hs256(
                c -> c.subject("u2").expirationTime(Date.from(Instant.now().minusSeconds(1))));
        try (RawClient client = RawClient.open(node)) {
            assertThat(client.connect("{\"token\":\"" + another + "\"}")
                            .at("/error/code")
                            .asInt())
                    .isEqualTo(109);
        }
    }

    @Test
    void aSocketIsNotKeptOpenByRefusedConnects() {
        try (RawClient client = RawClient.open(node)) {
            for (int i = 0; i < 3; i++) {
                String expired = expiredTokenOf("refused" + i);
                assertThat(client.connect("{\"token\":\"" + expired + "\"}")
                                .at("/error/code")
                                .asInt())
                        .isEqualTo(109);
            }
            client.socket().sendText("{\"id\":9,\"connect\":{\"token\":\"" + expiredTokenOf("last") + "\"}}");
            assertThat(client.closeCode()).isEqualTo(3013);
            assertThat(node.hits(Guard.REFUSED_CONNECTS)).isPositive();
        }
    }

    @Test
    void aRefusedClientMayConnectOnTheSameSocket() {
        try (RawClient client = RawClient.open(node)) {
            client.connect("{\"token\":\"" + expiredTokenOf("second-try") + "\"}");
            assertThat(client.connect("{\"token\":\"" + node.token("second-try") + "\"}")
                            .has("connect"))
                    .isTrue();
            node.inbound().send("second-try", 1);
            assertThat(client.nextOffset()).isEqualTo(1);
        }
    }

    @Test
    void aTokenThatIsNotRefreshedEndsTheConnectionSoonAfterItself() {
        try (RawClient client = RawClient.open(node)) {
            JsonNode reply = client.connect("{\"token\":\"" + node.token("lapses", Duration.ofSeconds(2)) + "\"}")
                    .path("connect");
            assertThat(reply.path("expires").asBoolean()).isTrue();
            assertThat(reply.path("ttl").asInt()).isBetween(1, 2);
            long begun = System.nanoTime();

            int code = 0;
            while (code == 0) {
                RawWebSocket.Frame frame = client.socket().read();
                if (frame.isClose()) {
                    code = frame.code();
                } else if (frame.text().endsWith("{}")) {
                    client.pong();
                }
            }

            assertThat(code).isEqualTo(3005);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("2 s of token, 2 s of grace, and at most 5 s")
                    .isBetween(Duration.ofMillis(2_900), Duration.ofSeconds(9));
        }
    }

    @Test
    void theSdkRefreshesInTime() {
        try (CentrifugeClient client = CentrifugeClient.to(node.url())
                .token(node.token("refreshes", Duration.ofSeconds(2)))
                .refreshingToken()
                .start()) {
            client.renewToken(node.token("refreshes"));
            client.connect();

            client.awaitEvent("tokenWanted");
            client.rpc("inbox.counts", "{}");
            awaitClosesOf(client, "refreshes");
        }
    }

    /// Waits until a client with the same token that does not refresh is closed, by when the other would have been.
    private void awaitClosesOf(CentrifugeClient refreshed, String user) {
        try (RawClient lapsing = RawClient.open(node)) {
            lapsing.connect("{\"token\":\"" + node.token(user, Duration.ofSeconds(1)) + "\"}");
            while (true) {
                RawWebSocket.Frame frame = lapsing.socket().read();
                if (frame.isClose()) {
                    assertThat(frame.code()).isEqualTo(3005);
                    break;
                }
                lapsing.pong();
            }
        }
        assertThat(refreshed.events("connecting")).hasSize(1);
        assertThat(refreshed.events("disconnected")).isEmpty();
    }

    @Test
    void theSdkGetsAnotherTokenWhenItsOwnHasExpired() {
        try (CentrifugeClient client = CentrifugeClient.to(node.url())
                .token(expiredTokenOf("late"))
                .refreshingToken()
                .reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(200))
                .start()) {
            client.renewToken(node.token("late"));
            client.connect();

            assertThat(client.events("tokenWanted")).hasSize(1);
            assertThat(client.events("connected")).hasSize(1);
        }
    }

    @Test
    void refreshingWithAnExpiredTokenIsAReasonToComeBackAndNeverAnError() {
        try (RawClient client = RawClient.connect(node, "stale")) {
            client.socket().sendText("{\"id\":9,\"refresh\":{\"token\":\"" + expiredTokenOf("stale") + "\"}}");
            assertThat(client.closeCode()).isEqualTo(3005);
        }
    }

    @Test
    void refreshingWithTheTokenOfAnotherEndsTheConnection() {
        try (RawClient client = RawClient.connect(node, "one")) {
            client.socket().sendText("{\"id\":9,\"refresh\":{\"token\":\"" + node.token("other") + "\"}}");
            assertThat(client.closeCode()).isEqualTo(3500);
        }
    }

    @Test
    void keysOfTheHostsOwnAreFetchedAndNothingElsePassesForThem() throws Exception {
        RSAKey ours = new RSAKeyGenerator(2048).keyID("k1").generate();
        RSAKey foreign = new RSAKeyGenerator(2048).keyID("k2").generate();
        HttpServer keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        byte[] set = new JWKSet(ours.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        keys.createContext("/jwks.json", exchange -> {
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        String url = "http://127.0.0.1:" + keys.getAddress().getPort() + "/jwks.json";
        try (GatewayNode other = GatewayNode.start(
                database, redis.url(), Map.of("belfry.tokens.secret", "", "belfry.tokens.jwks-url", url))) {
            String good = signed(JWSAlgorithm.RS256, new RSASSASigner(ours), "k1", c -> c);
            assertThat(reply(other, good).at("/error/temporary").asBoolean())
                    .as("nothing can be said while the keys cannot be had")
                    .isTrue();
            keys.start();
            try {
                await(() -> reply(other, good).has("connect"));
                assertThat(closeCode(other, signed(JWSAlgorithm.RS256, new RSASSASigner(foreign), "k1", c -> c)))
                        .isEqualTo(3500);
                assertThat(closeCode(
                                other,
                                signed(
                                        JWSAlgorithm.HS256,
                                        new MACSigner(ours.toRSAPublicKey().getEncoded()),
                                        "k1",
                                        c -> c)))
                        .as("the public key taken for a secret")
                        .isEqualTo(3500);
                assertThat(closeCode(other, new PlainJWT(claims(c -> c)).serialize()))
                        .isEqualTo(3500);
                assertThat(closeCode(other, hs256(c -> c))).isEqualTo(3500);
            } finally {
                keys.stop(0);
            }
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        org.awaitility.Awaitility.await().atMost(20, TimeUnit.SECONDS).until(condition);
    }

    private static JsonNode reply(GatewayNode node, String token) throws IOException {
        try (RawClient client = RawClient.open(node)) {
            return client.connect("{\"token\":\"" + token + "\"}");
        }
    }

    private static int closeCode(GatewayNode node, String token) {
        try (RawClient client = RawClient.open(node)) {
            client.socket().sendText("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
            return client.closeCode();
        }
    }

    private static String expiredTokenOf(String user) {
        return hs256(c -> c.subject(user).expirationTime(Date.from(Instant.now().minusSeconds(1))));
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(new JWTClaimsSet.Builder()
                        .subject("u1")
                        .audience("belfry")
                        .expirationTime(Date.from(SOON)))
                .build();
    }

    private static String hs256(UnaryOperator<JWTClaimsSet.Builder> change) {
        try {
            return signed(JWSAlgorithm.HS256, new MACSigner(GatewayNode.SECRET), null, change);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String typed(String type) throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(new JOSEObjectType(type))
                        .build(),
                claims(c -> c));
        token.sign(new MACSigner(GatewayNode.SECRET));
        return token.serialize();
    }

    private static String signed(
            JWSAlgorithm algorithm, JWSSigner signer, String keyId, UnaryOperator<JWTClaimsSet.Builder> change)
            throws JOSEException {
        var token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims(change));
        token.sign(signer);
        return token.serialize();
    }
}
