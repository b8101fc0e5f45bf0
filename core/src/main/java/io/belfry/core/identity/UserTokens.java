package io.belfry.core.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.belfry.core.user.UserId;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Verifies the JWTs with which end users' apps call Belfry, and mints them where the secret is known. Only the listed
/// algorithms count, `exp`, `sub` and the audience are required, and whatever else is wrong with a token has one
/// answer. Thread-safe. Verifying blocks only when keys must be fetched from `jwks-url`.
@Singleton
public final class UserTokens {
    private static final int MAX_LENGTH = 8192;
    private static final Set<JWSAlgorithm> ASYMMETRIC =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);

    private final TokenSettings settings;
    private final Clock clock;
    private final Optional<Revocations> revocations;
    private final List<JWSVerifier> secrets;
    private final Optional<DefaultJWTProcessor<SecurityContext>> keySet;

    /// With revocations, as nodes want it.
    @Inject
    public UserTokens(TokenSettings settings, Clock clock, Revocations revocations) {
        this(settings, clock, Optional.of(revocations));
    }

    /// Without a database, and so without revocations.
    public UserTokens(TokenSettings settings, Clock clock) {
        this(settings, clock, Optional.empty());
    }

    private UserTokens(TokenSettings settings, Clock clock, Optional<Revocations> revocations) {
        this.revocations = revocations;
        this.settings = settings;
        this.clock = clock;
        this.secrets = verifiers(settings);
        this.keySet = Optional.ofNullable(settings.jwksUrl())
                .filter(url -> !url.isBlank())
                .map(UserTokens::processor);
    }

    /// Whether any token can be verified at all.
    public boolean isConfigured() {
        return !secrets.isEmpty() || keySet.isPresent();
    }

    /// Whether [#verify] may have to wait for keys, or work on large ones. If not, it takes microseconds.
    public boolean mayBlock() {
        return keySet.isPresent();
    }

    /// Signs a token for a user with the configured secret.
    ///
    /// @throws IllegalStateException when no secret is configured: with a key set, only its owner can sign
    public String mint(UserId user, Duration validFor) {
        if (settings.secret() == null || settings.secret().isBlank()) {
            throw new IllegalStateException("belfry.tokens.secret is not set, so no token can be signed here");
        }
        Instant now = clock.instant();
        var claims = new JWTClaimsSet.Builder()
                .subject(user.value())
                .audience(settings.audience())
                .issuer(settings.issuer() == null || settings.issuer().isBlank() ? null : settings.issuer())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(validFor)))
                .build();
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .type(JOSEObjectType.JWT)
                            .build(),
                    claims);
            token.sign(new MACSigner(settings.secret().getBytes(StandardCharsets.UTF_8)));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("the token could not be signed", e);
        }
    }

    /// Of a token that says who its holder is. One for a channel does not: it is meant for less.
    ///
    /// @throws TokenKeysUnavailable when the key that the token names has to be fetched and cannot be
    public TokenVerdict verify(String token) {
        return verify(token, Optional.empty());
    }

    /// Of a token that lets its holder into one channel (claim `channel`). Its claim `expire_at` says until when, in
    /// seconds since 1970 or 0 for ever; without it, `exp` does.
    ///
    /// @throws TokenKeysUnavailable when the key that the token names has to be fetched and cannot be
    public TokenVerdict verifyForChannel(String token, String channel) {
        return verify(token, Optional.of(channel));
    }

    private TokenVerdict verify(String token, Optional<String> channel) {
        if (token == null || token.isBlank() || token.length() > MAX_LENGTH) {
            return new TokenVerdict.Invalid("missing or longer than " + MAX_LENGTH);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JOSEObjectType type = jwt.getHeader().getType();
            if (type != null && !JOSEObjectType.JWT.equals(type)) {
                return new TokenVerdict.Invalid("typ " + type);
            }
            return signed(jwt) ? judge(jwt.getJWTClaimsSet(), channel) : new TokenVerdict.Invalid("signature");
        } catch (KeySourceException e) {
            throw new TokenKeysUnavailable(e);
        } catch (ParseException | JOSEException | IllegalArgumentException | DateTimeException e) {
            return new TokenVerdict.Invalid("malformed: " + e.getMessage());
        }
    }

    private boolean signed(SignedJWT jwt) throws JOSEException {
        JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
        if (JWSAlgorithm.HS256.equals(algorithm)) {
            for (JWSVerifier verifier : secrets) {
                if (jwt.verify(verifier)) {
                    return true;
                }
            }
            return false;
        }
        if (keySet.isEmpty() || !ASYMMETRIC.contains(algorithm)) {
            return false;
        }
        try {
            keySet.get().process(jwt, null);
            return true;
        } catch (BadJOSEException e) {
            return false;
        }
    }

    private TokenVerdict judge(JWTClaimsSet claims, Optional<String> channel) throws ParseException {
        Instant now = clock.instant();
        if (!Objects.equals(claims.getClaim("channel"), channel.orElse(null))) {
            return new TokenVerdict.Invalid("channel " + claims.getClaim("channel"));
        }
        if (claims.getExpirationTime() == null) {
            return new TokenVerdict.Invalid("no exp");
        }
        if (!claims.getAudience().contains(settings.audience())) {
            return new TokenVerdict.Invalid("aud " + claims.getAudience());
        }
        if (settings.issuer() != null
                && !settings.issuer().isBlank()
                && !settings.issuer().equals(claims.getIssuer())) {
            return new TokenVerdict.Invalid("iss " + claims.getIssuer());
        }
        if (claims.getNotBeforeTime() != null
                && claims.getNotBeforeTime().toInstant().isAfter(now.plus(settings.leeway()))) {
            return new TokenVerdict.Invalid("nbf in the future");
        }
        if (!UserId.isValid(claims.getSubject())) {
            return new TokenVerdict.Invalid("sub");
        }
        Instant expiresAt = claims.getExpirationTime().toInstant();
        if (expiresAt.plus(settings.leeway()).isBefore(now)) {
            return new TokenVerdict.Expired();
        }
        var issuedAt =
                Optional.ofNullable(claims.getIssueTime()).map(Date::toInstant).orElse(Instant.EPOCH);
        String tokenId = Optional.ofNullable(claims.getJWTID()).orElse("");
        if (revocations.isPresent() && revocations.get().covers(claims.getSubject(), issuedAt, tokenId)) {
            return new TokenVerdict.Invalid("revoked");
        }
        return new TokenVerdict.Valid(
                new UserId(claims.getSubject()),
                channel.isPresent() ? subscribedUntil(claims, expiresAt) : expiresAt,
                Optional.ofNullable(claims.getStringClaim("device")).filter(UserId::isValid),
                Optional.ofNullable(claims.getStringClaim("locale")),
                issuedAt,
                tokenId,
                texts(claims),
                claims.getClaim("info") instanceof Map<?, ?>
                        ? JSONObjectUtils.toJSONString(claims.getJSONObjectClaim("info"))
                        : "");
    }

    private static Instant subscribedUntil(JWTClaimsSet claims, Instant expiresAt) throws ParseException {
        Long until = claims.getLongClaim("expire_at");
        return until == null ? expiresAt : until == 0 ? Instant.MAX : Instant.ofEpochSecond(until);
    }

    private static Map<String, List<String>> texts(JWTClaimsSet claims) {
        var texts = new HashMap<String, List<String>>();
        claims.getClaims().forEach((name, value) -> {
            if (value instanceof String text) {
                texts.put(name, List.of(text));
            } else if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
                texts.put(name, list.stream().map(String.class::cast).toList());
            }
        });
        return Map.copyOf(texts);
    }

    private static List<JWSVerifier> verifiers(TokenSettings settings) {
        var all = new ArrayList<String>();
        if (settings.secret() != null) {
            all.add(settings.secret());
        }
        all.addAll(settings.previousSecrets());
        var verifiers = new ArrayList<JWSVerifier>();
        for (String secret : all) {
            if (secret.isBlank()) {
                continue;
            }
            try {
                verifiers.add(new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)));
            } catch (JOSEException e) {
                throw new IllegalArgumentException(
                        "belfry.tokens.secret: " + secret.length() + " bytes (expected: at least 32)", e);
            }
        }
        return List.copyOf(verifiers);
    }

    /// Checks signatures only; the claims are judged here, alike for all algorithms.
    private static DefaultJWTProcessor<SecurityContext> processor(String url) {
        try {
            JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                            URI.create(url).toURL())
                    .retrying(true)
                    .outageTolerant(true)
                    .build();
            var processor = new DefaultJWTProcessor<SecurityContext>();
            processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, null));
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ASYMMETRIC, keys));
            processor.setJWTClaimsSetVerifier((claims, context) -> {});
            return processor;
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(
                    "belfry.tokens.jwks-url: " + url + " (expected: an http or https address)", e);
        }
    }
}
