package io.belfry.core.timer;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Notifications that repeat themselves until they are acknowledged, in `repeats`.
@Singleton
final class RepeatTable implements TimerTable {
    private static final String LISTING =
            "select t.notification_id as id, t.user_id, t.due_at, false as in_hand from repeats t where ";

    private final Jdbi jdbi;

    RepeatTable(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public TimerId.Source source() {
        return TimerId.Source.REPEAT;
    }

    @Override
    public Map<TimerKind, Listing> listings() {
        return Map.of(TimerKind.REPEAT, RepeatTable::listing);
    }

    private static String listing(Set<Narrowing> narrowings, Past past) {
        var sql = new StringBuilder(LISTING);
        for (Narrowing narrowing : narrowings) {
            sql.append(
                    switch (narrowing) {
                        case USER -> "t.user_id = :user and ";
                        case EVENT ->
                            "t.notification_id >= :from and t.notification_id < :to and t.event_id = :event and ";
                        case SUBJECT -> "t.notification_id = :subject and ";
                    });
        }
        return sql.append(past.page("t.due_at", "t.notification_id")).toString();
    }

    @Override
    public TimerOutcome release(UUID notification) {
        return act(
                "update repeats set due_at = least(due_at, clock_timestamp()) where notification_id = :id",
                notification);
    }

    @Override
    public TimerOutcome postpone(UUID notification, Instant until) {
        return jdbi.withHandle(h -> h.createUpdate(
                                        "update repeats set due_at = cast(:until as timestamptz) where notification_id = :id")
                                .bind("until", until.toString())
                                .bind("id", notification)
                                .execute())
                        > 0
                ? new TimerOutcome.Done()
                : new TimerOutcome.Missing();
    }

    /// It stays in the inbox, and repeats itself no more.
    @Override
    public TimerOutcome cancel(UUID notification) {
        return act("delete from repeats where notification_id = :id", notification);
    }

    private TimerOutcome act(String sql, UUID notification) {
        return jdbi.withHandle(h -> h.createUpdate(sql).bind("id", notification).execute()) > 0
                ? new TimerOutcome.Done()
                : new TimerOutcome.Missing();
    }
}
