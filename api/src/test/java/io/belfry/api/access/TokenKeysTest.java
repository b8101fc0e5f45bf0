package io.belfry.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.belfry.api.ApiNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tokens that a host signs with keys of its own, which it publishes.
class TokenKeysTest {
    private final AtomicBoolean isUp = new AtomicBoolean();
    private HttpServer host;
    private ECKey key;
    private ApiNode api;

    @BeforeEach
    void start() throws IOException, JOSEException {
        key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host.createContext("/jwks", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(isUp.get() ? 200 : 503, isUp.get() ? keys.length : -1);
                if (isUp.get()) {
                    exchange.getResponseBody().write(keys);
                }
            }
        });
        host.start();
        api = ApiNode.start(
                PostgresExtension.newDatabase("keys"),
                RedisExtension.server().url(),
                Map.of(
                        "belfry.tokens.jwks-url",
                        "http://127.0.0.1:" + host.getAddress().getPort() + "/jwks"));
    }

    @AfterEach
    void stop() {
        api.close();
        host.stop(0);
    }

    @Test
    void whileTheKeysAreAwayATokenIsNeitherTakenNorWrong() throws JOSEException {
        String token = token();

        assertThat(api.get("/v1/inbox/counts", token)
                        .isProblem(503, "token-keys-unavailable")
                        .header("Retry-After"))
                .contains("5");
        api.get("/v1/inbox/counts", api.token("secret-user")).is(200);

        isUp.set(true);
        api.get("/v1/inbox/counts", token).is(200);
        api.get("/v1/inbox/counts", token.substring(0, token.length() - 6) + "AAAAAA")
                .isProblem(401, "unauthorized");
    }

    private String token() throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
                new JWTClaimsSet.Builder()
                        .subject("host-user")
                        .audience("belfry")
                        .expirationTime(Date.from(Instant.now().plus(Duration.ofHours(1))))
                        .build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }
}
