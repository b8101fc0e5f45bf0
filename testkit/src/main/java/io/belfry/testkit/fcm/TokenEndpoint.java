package io.belfry.testkit.fcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Google's OAuth token endpoint for service accounts (RFC 7523): takes a signed assertion, gives an access token.
/// It knows one service account, whose key it makes on first use. Thread-safe.
final class TokenEndpoint {

    private static final String PREFIX = "ya29.simulated.";
    private static final Duration LIFETIME = Duration.ofSeconds(3599);
    private static final int MAX_TOKENS = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InstantSource clock;
    private final Map<String, Instant> expiries = new ConcurrentHashMap<>();
    private KeyPair key;

    TokenEndpoint(InstantSource clock) {
        this.clock = clock;
    }

    Answer exchange(String form) {
        Map<String, List<String>> parameters = new QueryStringDecoder(form, StandardCharsets.UTF_8, false).parameters();
        String grant = parameters.getOrDefault("grant_type", List.of("")).getFirst();
        if (!grant.equals("urn:ietf:params:oauth:grant-type:jwt-bearer")) {
            return error("unsupported_grant_type", "Invalid grant_type: " + grant);
        }
        String problem =
                problemWith(parameters.getOrDefault("assertion", List.of("")).getFirst());
        if (!problem.isEmpty()) {
            return error("invalid_grant", problem);
        }
        if (expiries.size() >= MAX_TOKENS) {
            expiries.clear();
        }
        String token = PREFIX + UUID.randomUUID();
        expiries.put(token, clock.instant().plus(LIFETIME));
        return Answer.json(
                200,
                JSON.createObjectNode()
                        .put("access_token", token)
                        .put("expires_in", LIFETIME.toSeconds())
                        .put("token_type", "Bearer"));
    }

    /// Accepts what this endpoint issued and has not expired, and any other token, so that a client without a service
    /// account can name a token of its own.
    boolean accepts(String authorization) {
        if (authorization == null || !authorization.startsWith("Bearer ") || authorization.length() < 8) {
            return false;
        }
        String token = authorization.substring("Bearer ".length());
        if (!token.startsWith(PREFIX)) {
            return true;
        }
        Instant expiry = expiries.get(token);
        return expiry != null && clock.instant().isBefore(expiry);
    }

    void revokeAll() {
        expiries.clear();
    }

    /// A service account's file as the Firebase console hands it out, for this simulator.
    String serviceAccount(String project, String tokenUri) {
        ObjectNode account = JSON.createObjectNode()
                .put("type", "service_account")
                .put("project_id", project)
                .put("private_key_id", "simulator")
                .put(
                        "private_key",
                        "-----BEGIN PRIVATE KEY-----\n"
                                + Base64.getMimeEncoder()
                                        .encodeToString(key().getPrivate().getEncoded())
                                + "\n-----END PRIVATE KEY-----\n")
                .put("client_email", "belfry@" + project + ".iam.gserviceaccount.com")
                .put("client_id", "1")
                .put("token_uri", tokenUri);
        return account.toPrettyString();
    }

    private synchronized KeyPair key() {
        if (key == null) {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
                key = generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return key;
    }

    private String problemWith(String assertion) {
        String[] parts = assertion.split("\\.", -1);
        if (parts.length != 3) {
            return "Bad Request";
        }
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(key().getPublic());
            verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!verifier.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                return "Invalid JWT Signature.";
            }
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return claims.path("exp").asLong() > clock.instant().getEpochSecond()
                    ? ""
                    : "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.";
        } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
            return "Invalid JWT Signature.";
        }
    }

    private static Answer error(String code, String description) {
        return Answer.json(400, JSON.createObjectNode().put("error", code).put("error_description", description))
                .named(code);
    }
}
