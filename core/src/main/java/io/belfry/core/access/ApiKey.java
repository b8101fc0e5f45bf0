package io.belfry.core.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// An API key as it is shown: never the key itself.
///
/// @param hint its first characters
public record ApiKey(
        UUID id,
        String name,
        String hint,
        Set<Scope> scopes,
        Instant createdAt,
        Optional<Instant> lastUsedAt,
        Optional<Instant> revokedAt) {}
