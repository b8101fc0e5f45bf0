package io.belfry.dispatcher.maintenance;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Whose turn it is: one dispatcher of the installation, once a day. It keeps its claim while it works; the claim of
/// one that died lapses. All work can be repeated, so a claim that is lost does no harm. Thread-safe; blocks on the
/// database.
@Singleton
final class Turn {
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofMinutes(10);

    private final Jdbi jdbi;
    private final MaintenanceSettings settings;
    private final Clock clock;

    Turn(Jdbi jdbi, MaintenanceSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.clock = clock;
    }

    /// Takes the turn, if it is due and nobody has it.
    Optional<UUID> claim() {
        UUID claim = UUID.randomUUID();
        Instant now = clock.instant();
        boolean claimed = update(
                """
                update maintenance set claim = :claim, claimed_until = cast(:until as timestamptz)
                where (done_at is null or done_at < cast(:due as timestamptz))
                    and (claimed_until is null or claimed_until < cast(:now as timestamptz))
                """, Map.of("claim", claim, "until", text(now.plus(LEASE)), "due", text(due(now)), "now", text(now)));
        return claimed ? Optional.of(claim) : Optional.empty();
    }

    /// The last time of day at which it had to be done.
    private Instant due(Instant now) {
        Instant today = now.atOffset(ZoneOffset.UTC).with(settings.at()).toInstant();
        return today.isAfter(now) ? today.minus(Duration.ofDays(1)) : today;
    }

    /// @return false when somebody else has it
    boolean keep(UUID claim) {
        return update(
                "update maintenance set claimed_until = cast(:until as timestamptz) where claim = :claim",
                Map.of("claim", claim, "until", text(clock.instant().plus(LEASE))));
    }

    /// All is done for today.
    void end(UUID claim) {
        update(
                "update maintenance set done_at = cast(:now as timestamptz), claimed_until = null, claim = null"
                        + " where claim = :claim",
                Map.of("claim", claim, "now", text(clock.instant())));
    }

    /// Something failed: somebody tries again in a while.
    void postpone(UUID claim) {
        update(
                "update maintenance set claimed_until = cast(:until as timestamptz), claim = null where claim = :claim",
                Map.of("claim", claim, "until", text(clock.instant().plus(RETRY))));
    }

    private static String text(Instant instant) {
        return instant.toString();
    }

    private boolean update(String sql, Map<String, ?> values) {
        return jdbi.withHandle(h -> h.createUpdate(sql).bindMap(values).execute()) == 1;
    }
}
