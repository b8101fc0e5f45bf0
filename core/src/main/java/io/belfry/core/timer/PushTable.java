package io.belfry.core.timer;

import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.event.EventId;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Pushes that wait, in `push_timers`.
@Singleton
final class PushTable implements TimerTable {
    private static final String COLUMNS = "select t.notification_id as id, t.user_id, t.due_at,"
            + " t.claim is not null and t.due_at > clock_timestamp() as in_hand ";
    private static final String OF_NOTIFICATION = " from notifications n"
            + " join push_timers t on t.user_id = n.user_id and t.created_offset = n.created_offset where ";
    /// Providers keep a push for no longer.
    private static final Duration LONGEST = Duration.ofDays(28);

    private static final String RELEASE = """
            update push_timers t
            set due_at = least(t.due_at, clock_timestamp()), not_before = null, released_at = clock_timestamp()
            from notifications n
            where n.id = :id and t.user_id = n.user_id and t.created_offset = n.created_offset and t.claim is null
            """;
    private static final String POSTPONE = """
            with moved as (
                update push_timers t
                set due_at = cast(:until as timestamptz), not_before = cast(:until as timestamptz), released_at = null
                from notifications n
                where n.id = :id and t.user_id = n.user_id and t.created_offset = n.created_offset and t.claim is null
                returning t.notification_id
            )
            update notifications n set deferral = 'postponed', deferred_until = cast(:until as timestamptz)
            from moved where n.id = moved.notification_id
            """;
    private static final String CANCEL = """
            with gone as (
                delete from push_timers t using notifications n
                where n.id = :id and t.user_id = n.user_id and t.created_offset = n.created_offset and t.claim is null
                returning t.notification_id
            )
            update notifications n set push = '%s' from gone where n.id = gone.notification_id
            """.formatted(SuppressionReason.CANCELLED.label());

    private final Jdbi jdbi;
    private final Signals signals;

    PushTable(Jdbi jdbi, Signals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    @Override
    public TimerId.Source source() {
        return TimerId.Source.PUSH;
    }

    @Override
    public Map<TimerKind, Listing> listings() {
        return Map.of(TimerKind.FALLBACK, PushTable::fallback, TimerKind.DEFERRED, PushTable::deferred);
    }

    /// The index on due pushes begins with their priority.
    private static String fallback(Set<Narrowing> narrowings, Past past) {
        return narrowings.isEmpty()
                ? COLUMNS
                        + " from (values (0), (1), (2), (3)) p (priority) cross join lateral (select * from push_timers t"
                        + " where t.priority = p.priority and t.not_before is null and t.held_for is null and "
                        + past.page("t.due_at", "t.notification_id") + ") t"
                : narrowed(narrowings, "t.not_before is null", past);
    }

    private static String deferred(Set<Narrowing> narrowings, Past past) {
        return narrowings.isEmpty()
                ? COLUMNS + " from push_timers t where t.not_before is not null and "
                        + past.page("t.due_at", "t.notification_id")
                : narrowed(narrowings, "t.not_before is not null", past);
    }

    private static String narrowed(Set<Narrowing> narrowings, String kind, Past past) {
        boolean ofUserAlone = narrowings.equals(Set.of(Narrowing.USER));
        var sql = new StringBuilder(COLUMNS)
                .append(ofUserAlone ? " from push_timers t where " : OF_NOTIFICATION)
                .append(kind);
        for (Narrowing narrowing : narrowings) {
            sql.append(
                    switch (narrowing) {
                        case USER -> " and t.user_id = :user";
                        case EVENT -> " and n.id >= :from and n.id < :to and n.event_id = :event";
                        case SUBJECT -> " and n.id = :subject";
                    });
        }
        return sql.append(" and ")
                .append(past.page("t.due_at", "t.notification_id"))
                .toString();
    }

    @Override
    public TimerOutcome release(UUID notification) {
        TimerOutcome outcome = act(RELEASE, notification, Optional.empty());
        if (outcome instanceof TimerOutcome.Done) {
            signals.raise(Signal.PUSH_DUE);
        }
        return outcome;
    }

    @Override
    public TimerOutcome postpone(UUID notification, Instant until) {
        Optional<Instant> expires = expires(notification);
        return expires.isPresent() && !until.isBefore(expires.get())
                ? new TimerOutcome.TooLate("before " + expires.get() + ", from when on nobody wants it")
                : act(POSTPONE, notification, Optional.of(until));
    }

    @Override
    public TimerOutcome cancel(UUID notification) {
        return act(CANCEL, notification, Optional.empty());
    }

    private TimerOutcome act(String sql, UUID notification, Optional<Instant> until) {
        return jdbi.withHandle(h -> {
            var update = h.createUpdate(sql).bind("id", notification);
            until.ifPresent(at -> update.bind("until", at.toString()));
            if (update.execute() > 0) {
                return new TimerOutcome.Done();
            }
            boolean isThere = h.createQuery("select exists (select 1 " + OF_NOTIFICATION + "n.id = :id)")
                    .bind("id", notification)
                    .mapTo(Boolean.class)
                    .one();
            return isThere ? new TimerOutcome.InHand() : new TimerOutcome.Missing();
        });
    }

    private Optional<Instant> expires(UUID notification) {
        return jdbi.withHandle(h -> h.createQuery("select n.expires_at, t.since " + OF_NOTIFICATION + "n.id = :id")
                .bind("id", notification)
                .map((row, c) -> {
                    Optional<Instant> said =
                            Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant);
                    Instant latest = Optional.ofNullable(row.getTimestamp(2))
                            .map(Timestamp::toInstant)
                            .orElse(EventId.acceptedAt(notification))
                            .plus(LONGEST);
                    return said.filter(at -> at.isBefore(latest)).orElse(latest);
                })
                .findOne());
    }
}
