package io.belfry.core.identity;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;

/// Which tokens of end users are accepted (`belfry.tokens`). Either `secret` or `jwks-url` must be set.
///
/// @param secret shared with the host's backend, for HS256; at least 32 bytes
/// @param previousSecrets still accepted, for the time of a rotation
/// @param jwksUrl keys for RS256, PS256, ES256 and EdDSA tokens, fetched and cached
/// @param audience must be among the token's `aud`; tokens of other audiences are refused
/// @param issuer when set, must be the token's `iss`
/// @param leeway tolerated difference of clocks
/// @param longestLife how long revocations are kept: no token may be good for longer
@ConfigurationProperties("belfry.tokens")
public record TokenSettings(
        @Nullable String secret,
        @Bindable(defaultValue = "") List<String> previousSecrets,
        @Nullable String jwksUrl,
        @Bindable(defaultValue = "belfry") @NotNull String audience,
        @Nullable String issuer,
        @Bindable(defaultValue = "30s") Duration leeway,
        @Bindable(defaultValue = "90d") Duration longestLife) {

    @Override
    public String toString() {
        return "TokenSettings[secret=[REDACTED], jwksUrl=" + jwksUrl + ", audience=" + audience + ", issuer=" + issuer
                + ", leeway=" + leeway + ", longestLife=" + longestLife + "]";
    }
}
