package io.belfry.core.access;

import java.time.Instant;

/// A signed-in browser.
///
/// @param id the hash of its token, in hex; names the session without opening it
/// @param csrf makes and checks the tokens of its forms
public record OperatorSession(
        String id, Operator operator, CsrfTokens csrf, String address, Instant createdAt, Instant expiresAt) {}
