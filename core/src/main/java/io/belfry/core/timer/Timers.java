package io.belfry.core.timer;

import io.belfry.core.event.EventId;
import io.belfry.core.timer.TimerTable.Narrowing;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// Everything that waits for a time: pushes, snoozed notifications, events that are to be delivered later, digests.
/// Each can be let go now, postponed or cancelled; those who are at it are not disturbed. Thread-safe; blocks on
/// the database.
@Singleton
public final class Timers {
    /// How far ahead a timer can be put.
    public static final Duration LONGEST = Duration.ofDays(366);

    private static final String DETAILS = """
            select p.source, p.kind, p.id, p.due_at, p.user_id, coalesce(n.event_id, e.id),
                   coalesce(n.type, e.type, d.type), coalesce(n.category, e.category, d.category), case p.kind when 'DEFERRED' then n.deferral end, p.in_hand
            from page p
            left join notifications n on p.source in ('PUSH', 'SNOOZE', 'REPEAT') and n.id = p.id
            left join events e on p.source = 'EVENT' and e.id = p.id
            left join digests d on p.source = 'DIGEST' and d.id = p.id
            order by p.due_at, p.id, p.rank
            """;

    private final Jdbi jdbi;
    private final Clock clock;
    private final Map<TimerKind, TimerTable> tables = new EnumMap<>(TimerKind.class);

    Timers(Jdbi jdbi, Clock clock, List<TimerTable> tables) {
        this.jdbi = jdbi;
        this.clock = clock;
        tables.forEach(table -> table.listings().keySet().forEach(kind -> this.tables.put(kind, table)));
    }

    /// Where a page begins: after a timer of the page before.
    public record Place(Instant dueAt, UUID subject, TimerKind kind) {
        /// Before all of them.
        public static final Place START =
                new Place(Instant.EPOCH, new UUID(0, 0), TimerKind.values()[TimerKind.values().length - 1]);

        public static Place of(PendingTimer last) {
            return new Place(last.dueAt(), last.id().subject(), last.kind());
        }
    }

    /// Those that are due first, first. A timer that moves while pages are read may be missing, or come twice.
    public List<PendingTimer> list(TimerFilter filter, Place after, int limit) {
        Set<Narrowing> narrowings = EnumSet.noneOf(Narrowing.class);
        filter.user().ifPresent(u -> narrowings.add(Narrowing.USER));
        filter.event().ifPresent(e -> narrowings.add(Narrowing.EVENT));
        Set<TimerKind> kinds = filter.kind().map(EnumSet::of).orElseGet(() -> EnumSet.allOf(TimerKind.class));
        return jdbi.withHandle(h -> {
            Query query = h.createQuery(sql(kinds, narrowings, after.kind))
                    .bind("due", after.dueAt.toString())
                    .bind("id", after.subject)
                    .bind("limit", limit);
            filter.user().ifPresent(user -> query.bind("user", user));
            filter.event().ifPresent(event -> query.bind("event", event)
                    .bind("from", EventId.first(event))
                    .bind("to", EventId.afterLast(event)));
            return query.map((row, c) -> timer(row)).list();
        });
    }

    public Optional<PendingTimer> find(TimerId id) {
        Set<TimerKind> kinds = EnumSet.noneOf(TimerKind.class);
        tables.forEach((kind, table) -> {
            if (table.source() == id.source()) {
                kinds.add(kind);
            }
        });
        return jdbi.withHandle(h -> h.createQuery(sql(kinds, EnumSet.of(Narrowing.SUBJECT), Place.START.kind))
                .bind("due", Place.START.dueAt.toString())
                .bind("id", Place.START.subject)
                .bind("limit", 1)
                .bind("subject", id.subject())
                .map((row, c) -> timer(row))
                .findFirst());
    }

    /// One query a kind, each of which reads a page at most, and of them together a page.
    private String sql(Set<TimerKind> kinds, Set<Narrowing> narrowings, TimerKind after) {
        var parts = new ArrayList<String>();
        for (TimerKind kind : kinds) {
            TimerTable table = tables.get(kind);
            // Timers of several kinds may be at one place: those of later kinds come after.
            var past = new TimerTable.Past(kind.compareTo(after) > 0 ? ">=" : ">");
            parts.add("(select '%s' as source, '%s' as kind, %d as rank, q.* from (%s) q)"
                    .formatted(
                            table.source(),
                            kind,
                            kind.ordinal(),
                            table.listings().get(kind).sql(narrowings, past)));
        }
        return "with page as (select * from (" + String.join(" union all ", parts)
                + ") every order by due_at, id, rank limit :limit)\n" + DETAILS;
    }

    /// Lets it go now. A push does not wait for the end of quiet hours then, though what makes it needless still does;
    /// a snoozed notification returns.
    public TimerOutcome release(TimerId id) {
        return table(id).release(id.subject());
    }

    /// Puts it off: nothing makes it due before that time.
    ///
    /// @param until in the future, within [#LONGEST]
    public TimerOutcome postpone(TimerId id, Instant until) {
        Instant now = clock.instant();
        if (!until.isAfter(now) || until.isAfter(now.plus(LONGEST))) {
            return new TimerOutcome.TooLate("in the future, within " + LONGEST.toDays() + " days");
        }
        return table(id).postpone(id.subject(), until);
    }

    /// Takes it away. A push is not sent, an event is cancelled, nobody is told of what a digest holds,
    /// a snoozed notification goes back to its old place.
    public TimerOutcome cancel(TimerId id) {
        return table(id).cancel(id.subject());
    }

    private TimerTable table(TimerId id) {
        return tables.values().stream()
                .filter(table -> table.source() == id.source())
                .findFirst()
                .orElseThrow();
    }

    private static PendingTimer timer(ResultSet row) throws SQLException {
        Timestamp due = row.getTimestamp(4);
        return new PendingTimer(
                new TimerId(TimerId.Source.valueOf(row.getString(1)), row.getObject(3, UUID.class)),
                TimerKind.valueOf(row.getString(2)),
                due.toInstant(),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(row.getObject(6, UUID.class)),
                Optional.ofNullable(row.getString(7)),
                Optional.ofNullable(row.getString(8)),
                Optional.ofNullable(row.getString(9)),
                row.getBoolean(10));
    }
}
