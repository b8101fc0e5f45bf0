package io.belfry.core.event;

import java.time.Instant;
import java.util.UUID;

/// What became of one event of a group.
public sealed interface Appended {
    /// Committed now.
    record Stored(UUID id, Instant acceptedAt) implements Appended {}

    /// The idempotency key was known with the same body: the first event's id.
    record Replayed(UUID id, Instant acceptedAt) implements Appended {}

    /// The idempotency key was known with another body.
    record KeyReused(UUID id) implements Appended {}

    /// The idempotency key is in the hands of another transaction, whose end was not waited for any longer.
    record InFlight() implements Appended {}
}
