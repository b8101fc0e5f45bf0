package io.belfry.api.event;

import io.belfry.api.problem.Problem;
import io.belfry.core.event.Appended;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What became of one event of a request.
sealed interface Outcome {
    /// Committed now.
    record Accepted(UUID id, Instant acceptedAt) implements Outcome {}

    /// Committed before, under the same idempotency key.
    record Replayed(UUID id, Instant acceptedAt) implements Outcome {}

    record Refused(Problem problem) implements Outcome {}

    static Outcome of(Optional<Appended> appended) {
        if (appended.isEmpty()) {
            return new Refused(Problem.notStored());
        }
        return switch (appended.get()) {
            case Appended.Stored(UUID id, Instant at) -> new Accepted(id, at);
            case Appended.Replayed(UUID id, Instant at) -> new Replayed(id, at);
            case Appended.KeyReused(UUID first) -> new Refused(Problem.keyReused());
            case Appended.InFlight() -> new Refused(Problem.keyInFlight());
        };
    }
}
