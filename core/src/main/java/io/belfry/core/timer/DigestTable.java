package io.belfry.core.timer;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Digests that are open, in `digests`.
@Singleton
final class DigestTable implements TimerTable {
    /// The events in it have to be there when it ends.
    static final Duration LONGEST = Duration.ofDays(14);

    private static final String LISTING = "select t.id, t.user_id, t.due_at, false as in_hand from digests t where ";
    private static final String END = """
            update digests set due_at = least(due_at, cast(:now as timestamptz)), closes_at = cast(:now as timestamptz)
            where id = :id
            """;
    private static final String POSTPONE = """
            update digests
            set due_at = cast(:until as timestamptz), closes_at = greatest(closes_at, cast(:until as timestamptz))
            where id = :id and cast(:until as timestamptz) <= opened_at + :longest * interval '1 millisecond'
            """;

    private final Jdbi jdbi;
    private final Clock clock;

    DigestTable(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Override
    public TimerId.Source source() {
        return TimerId.Source.DIGEST;
    }

    @Override
    public Map<TimerKind, Listing> listings() {
        return Map.of(TimerKind.DIGEST, DigestTable::listing);
    }

    private static String listing(Set<Narrowing> narrowings, Past past) {
        var sql = new StringBuilder(LISTING);
        for (Narrowing narrowing : narrowings) {
            sql.append(
                    switch (narrowing) {
                        case USER -> "t.user_id = :user and ";
                        case EVENT -> "t.id in (select digest_id from digest_items where event_id = :event) and ";
                        case SUBJECT -> "t.id = :subject and ";
                    });
        }
        return sql.append(past.page("t.due_at", "t.id")).toString();
    }

    @Override
    public TimerOutcome release(UUID digest) {
        return outcome(jdbi.withHandle(h -> h.createUpdate(END)
                .bind("now", clock.instant().toString())
                .bind("id", digest)
                .execute()));
    }

    @Override
    public TimerOutcome postpone(UUID digest, Instant until) {
        int moved = jdbi.withHandle(h -> h.createUpdate(POSTPONE)
                .bind("until", until.toString())
                .bind("longest", LONGEST.toMillis())
                .bind("id", digest)
                .execute());
        boolean isThere = moved > 0
                || jdbi.withHandle(h -> h.createQuery("select exists (select 1 from digests where id = :id)")
                        .bind("id", digest)
                        .mapTo(Boolean.class)
                        .one());
        return moved == 0 && isThere
                ? new TimerOutcome.TooLate("at most " + LONGEST.toDays() + " days after it was opened")
                : outcome(moved);
    }

    /// Nobody is told of what is in it.
    @Override
    public TimerOutcome cancel(UUID digest) {
        return outcome(jdbi.withHandle(h -> h.createUpdate("delete from digests where id = :id")
                .bind("id", digest)
                .execute()));
    }

    private static TimerOutcome outcome(int rows) {
        return rows > 0 ? new TimerOutcome.Done() : new TimerOutcome.Missing();
    }
}
