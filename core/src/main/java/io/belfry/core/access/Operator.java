package io.belfry.core.access;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A person who works in the console.
///
/// @param email what they sign in with, lower case
/// @param oneTimeUntil set while the password is one that was handed over: until then it lets its owner choose another,
///     and nothing else
/// @param lockedUntil no sign-in before, after too many failures
/// @param secondFactorSince since when a sign-in needs a code beside the password
public record Operator(
        UUID id,
        String email,
        String name,
        Role role,
        Instant createdAt,
        Optional<Instant> lastSignInAt,
        Optional<Instant> oneTimeUntil,
        Optional<Instant> lockedUntil,
        Optional<Instant> disabledAt,
        Optional<Instant> secondFactorSince) {}
