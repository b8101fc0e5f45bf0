package io.belfry.core.trace;

import io.belfry.core.event.EventId;
import io.belfry.core.event.EventOptionsJson;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxRules;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Tells what became of events. Thread-safe; blocks on the database.
@Singleton
public final class EventReports {
    /// Up to so many notifications of an event are looked at one by one; that takes a moment.
    public static final int MAX_COUNTED = 10_000;

    private static final String EVENT = """
            select e.api_key_id, e.type, e.category, e.priority, e.actor, e.topic, cardinality(e.recipients),
                   case when d.reason is not null then 'DEAD' when s.event_id is not null then 'SCHEDULED'
                        when h.event_id is not null or p.event_id is not null and e.priority = 3 and exists (
                            select 1 from stops where target = 'bulk' and stopped_at is not null) then 'HELD'
                        when p.event_id is null then case when e.cancelled_at is null then 'DISPATCHED' else 'CANCELLED' end
                        when p.expanded_to is null then 'PENDING' else 'EXPANDING' end,
                   d.reason, e.accepted_at, s.due_at, e.options
            from events e
            left join scheduled_events s on s.event_id = e.id
            left join pending_events p on p.event_id = e.id
            left join held_events h on h.event_id = e.id
            left join lateral (select reason from dead_letters where kind = 'event' and subject_id = e.id limit 1) d on true
            where e.id = :event
            """;

    /// All notifications of an event lie in its millisecond's range of the primary key.
    private static final String COUNT =
            "select count(*) from notifications where id >= :from and id < :to and event_id = :event";

    private static final String OUTCOMES = """
            with n as materialized (
                select id, user_id, created_offset, read_at, unread_offset, push from notifications
                where id >= :from and id < :to and event_id = :event
            ), a as (
                select subject_id, bool_or(outcome = 'accepted') as accepted,
                       bool_or(outcome in ('sending', 'ambiguous')) as unclear
                from push_attempts
                where id >= :from and subject_id in (select id from n where push = 'planned')
                group by subject_id
            )
            select case when n.push <> 'planned' then 'suppressed' when a.accepted then 'accepted'
                        when t.user_id is not null then 'waiting' when a.subject_id is null then 'needless'
                        when a.unclear then 'unclear' else 'failed' end as outcome,
                   n.push, count(*),
                   count(*) filter (where exists (select 1 from receipts r where r.user_id = n.user_id
                                                  and r.received_offset >= n.created_offset)),
                   count(*) filter (where %s)
            from n
            join inboxes i on i.user_id = n.user_id
            left join push_timers t on t.user_id = n.user_id and t.created_offset = n.created_offset
            left join a on a.subject_id = n.id
            group by outcome, n.push
            """.formatted(InboxRules.read("n"));

    private final Jdbi jdbi;

    public EventReports(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// All its parts are of one moment.
    public Optional<EventReport> of(UUID event) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, h -> h.createQuery(EVENT)
                .bind("event", event)
                .map((row, c) -> report(event, row, counted(h, event), unlisted(h, event)))
                .findOne());
    }

    private static EventReport report(UUID event, ResultSet row, Counted counted, Map<String, Long> unlisted)
            throws SQLException {
        return new EventReport(
                event,
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                Priority.ofCode(row.getInt(4)),
                Optional.ofNullable(row.getString(5)),
                Optional.ofNullable(row.getString(6)),
                row.getInt(7),
                EventOptionsJson.read(row.getString(12)).crowd(),
                row.getTimestamp(10).toInstant(),
                Optional.ofNullable(row.getTimestamp(11)).map(Timestamp::toInstant),
                EventReport.State.valueOf(row.getString(8)),
                Optional.ofNullable(row.getString(9)),
                counted.notifications,
                unlisted,
                counted.outcomes);
    }

    private static Map<String, Long> unlisted(Handle h, UUID event) {
        return ofEvent(h.createQuery("""
                        select reason, count(*) from unlisted_notifications
                        where id >= :from and id < :to and event_id = :event group by reason
                        """), event)
                .map((row, c) -> Map.entry(row.getString(1), row.getLong(2)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum, TreeMap::new));
    }

    private record Counted(long notifications, Optional<EventReport.Outcomes> outcomes) {}

    private static Counted counted(Handle h, UUID event) {
        long notifications =
                ofEvent(h.createQuery(COUNT), event).mapTo(Long.class).one();
        if (notifications > MAX_COUNTED) {
            return new Counted(notifications, Optional.empty());
        }
        List<Row> rows = ofEvent(h.createQuery(OUTCOMES), event)
                .map((row, c) ->
                        new Row(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5)))
                .list();
        var push = new EventReport.Push(
                count(rows, "waiting"),
                count(rows, "accepted"),
                count(rows, "failed"),
                count(rows, "unclear"),
                count(rows, "needless"),
                rows.stream()
                        .filter(row -> row.outcome.equals("suppressed"))
                        .collect(Collectors.toMap(Row::push, Row::count, Long::sum, TreeMap::new)));
        long received = rows.stream().mapToLong(Row::received).sum();
        long read = rows.stream().mapToLong(Row::read).sum();
        return new Counted(notifications, Optional.of(new EventReport.Outcomes(received, read, push)));
    }

    private static Query ofEvent(Query query, UUID event) {
        return query.bind("event", event).bind("from", EventId.first(event)).bind("to", EventId.afterLast(event));
    }

    private record Row(String outcome, String push, long count, long received, long read) {}

    private static long count(List<Row> rows, String outcome) {
        return rows.stream()
                .filter(row -> row.outcome.equals(outcome))
                .mapToLong(Row::count)
                .sum();
    }
}
