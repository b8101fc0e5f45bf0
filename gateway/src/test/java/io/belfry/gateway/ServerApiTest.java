package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What services can do to users' connections, asked of one gateway and obeyed by another.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final GatewayNode asked;
    private final GatewayNode other;
    private final String key;

    ServerApiTest(TestDatabase database, RedisServer redis) {
        asked = GatewayNode.start(database, redis.url());
        other = GatewayNode.start(database, redis.url());
        key = asked.bean(ApiKeys.class)
                .create("server", Set.of(Scope.USERS_WRITE))
                .secret();
    }

    @AfterAll
    void stop() {
        http.close();
        other.close();
        asked.close();
    }

    private HttpResponse<String> post(String secret, String method, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + asked.port() + "/api/" + method))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!secret.isEmpty()) {
            request.header("X-API-Key", secret);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private JsonNode call(String method, String body) {
        HttpResponse<String> response = post(key, method, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String token(String user, String id, Instant issuedAt) {
        var token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(user)
                        .audience("belfry")
                        .jwtID(id)
                        .issueTime(issuedAt == null ? null : Date.from(issuedAt))
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build());
        try {
            token.sign(new MACSigner(GatewayNode.SECRET));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    private static RawClient connect(GatewayNode node, String token) {
        RawClient client = RawClient.open(node);
        assertThat(client.connect("{\"token\":\"" + token + "\"}").has("connect"))
                .isTrue();
        return client;
    }

    private static int refusal(GatewayNode node, String token) {
        try (RawClient client = RawClient.open(node)) {
            client.socket().sendText("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
            return client.closeCode();
        }
    }

    @Test
    void whoseTokensWereRevokedIsDisconnectedEverywhereAndStaysOut() {
        Instant before = Instant.now().minusSeconds(10);
        String old = token("leaver", "a", before);
        String undated = token("leaver", "b", null);
        String fresh = token("leaver", "c", Instant.now().plusSeconds(60));
        try (RawClient here = connect(asked, old);
                RawClient there = connect(other, undated);
                RawClient renewed = connect(other, fresh);
                RawClient bystander = RawClient.connect(other, "stayer")) {
            long begun = System.nanoTime();
            assertThat(call("invalidate_user_tokens", "{\"user\":\"leaver\"}").has("result"))
                    .isTrue();

            assertThat(here.closeCode()).isEqualTo(3500);
            assertThat(there.closeCode()).isEqualTo(3500);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThat(renewed.rpc("inbox.counts", "{}").has("rpc")).isTrue();
            assertThat(bystander.rpc("inbox.counts", "{}").has("rpc")).isTrue();
            for (GatewayNode node : new GatewayNode[] {asked, other}) {
                assertThat(refusal(node, old)).isEqualTo(3500);
                assertThat(refusal(node, undated)).isEqualTo(3500);
            }
            connect(asked, fresh).close();
        }
    }

    @Test
    void onlyTheRevokedTokenIsConcerned() {
        String stolen = token("victim", "stolen", Instant.now());
        String kept = token("victim", "kept", Instant.now());
        try (RawClient thief = connect(other, stolen);
                RawClient victim = connect(other, kept)) {
            call("revoke_token", "{\"user\":\"victim\",\"uid\":\"stolen\"}");

            assertThat(thief.closeCode()).isEqualTo(3500);
            assertThat(victim.rpc("inbox.counts", "{}").has("rpc")).isTrue();
            assertThat(refusal(asked, stolen)).isEqualTo(3500);
            victim.socket().sendText("{\"id\":9,\"refresh\":{\"token\":\"" + stolen + "\"}}");
            assertThat(victim.closeCode()).as("refreshed with the revoked one").isEqualTo(3500);
        }
    }

    @Test
    void aRevocationIsKnownToANodeThatStartsLater(TestDatabase database, RedisServer redis) {
        String token = token("early", "e", Instant.now());
        call("revoke_token", "{\"user\":\"early\",\"uid\":\"e\"}");
        try (GatewayNode late = GatewayNode.start(database, redis.url())) {
            assertThat(refusal(late, token)).isEqualTo(3500);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 3503", "',\"disconnect\":{\"code\":3011}', 3011"})
    void aServiceCanDisconnectAUser(String more, int code) {
        try (RawClient one = RawClient.connect(asked, "guest");
                RawClient two = RawClient.connect(other, "guest");
                RawClient bystander = RawClient.connect(other, "host")) {
            assertThat(call("disconnect", "{\"user\":\"guest\"" + more + "}").has("result"))
                    .isTrue();
            assertThat(one.closeCode()).isEqualTo(code);
            assertThat(two.closeCode()).isEqualTo(code);
            assertThat(bystander.rpc("inbox.counts", "{}").has("rpc")).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "disconnect | {} | 107",
                "disconnect | {\"user\":\"a b\"} | 107",
                "disconnect | {\"user\":\"u\",\"disconnect\":{\"code\":4000}} | 107",
                "disconnect | {\"user\":\"u\",\"client\":\"c\"} | 107",
                "revoke_token | {\"user\":\"u\"} | 107",
                "revoke_token | {\"user\":\"u\",\"uid\":\"\"} | 107",
                "invalidate_user_tokens | {\"user\":\"u\",\"revoked_before\":99999999999} | 107",
                "disconnect | [] | 107",
                "disconnect | { | 107",
                "dance | {} | 104",
            })
    void aWrongCallIsToldWhy(String method, String body, int code) {
        assertThat(call(method, body).at("/error/code").asInt()).isEqualTo(code);
    }

    @Test
    void onlyAKeyWithTheScopeMayCall() {
        String reader = asked.bean(ApiKeys.class)
                .create("reader", Set.of(Scope.EVENTS_READ))
                .secret();
        assertThat(post("", "disconnect", "{\"user\":\"u\"}").statusCode()).isEqualTo(401);
        assertThat(post("bk_wrong", "disconnect", "{\"user\":\"u\"}").statusCode())
                .isEqualTo(401);
        assertThat(post(reader, "disconnect", "{\"user\":\"u\"}").statusCode()).isEqualTo(403);
    }
}
