package io.belfry.core.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// An API key as it is shown: never the key itself.
///
/// @param hint its first characters
/// @param kind whether what is sent with it is meant for real
public record ApiKey(
        UUID id,
        String name,
        String hint,
        Set<Scope> scopes,
        Kind kind,
        Instant createdAt,
        Optional<Instant> lastUsedAt,
        Optional<Instant> revokedAt) {
    /// What is sent with a key.
    public enum Kind {
        /// Whatever it addresses gets it.
        LIVE,
        /// Nobody gets it but those on the list of the sandbox ([io.belfry.core.sandbox.SandboxSettings]).
        TEST
    }

    public boolean isTest() {
        return kind == Kind.TEST;
    }
}
