package io.belfry.core.deadletter;

import io.belfry.core.event.Lanes;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxRules;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// What failed for good: lists it, tries it again, or lets it go.
///
/// A retried event goes to the end of its lane, and on from where it had come. A retried push goes to the devices that
/// have not got it: those that took it before are left alone. What fails again is a dead letter again. Thread-safe;
/// blocks on the database.
@Singleton
public final class DeadLetters {
    /// Letters that one call retries or discards.
    public static final int MAX_AT_ONCE = 10_000;

    private static final int PAGE = 500;

    private static final String FROM = """
            from dead_letters d
            left join events e on d.kind = 'event' and e.id = d.subject_id
            left join notifications n on d.kind = 'push' and n.id = d.subject_id
            left join inboxes i on i.user_id = n.user_id
            """;
    /// Providers keep a push for 28 days, so nobody wants one for something older.
    private static final String OPEN = """
            case d.kind
                when 'event' then e.id is not null and e.cancelled_at is null
                else n.id is not null and n.place is null and not %s
                    and coalesce(n.expires_at, 'infinity') > now()
                    and (n.id >= uuid_floor(now() - interval '28 days') or d.since > now() - interval '28 days')
                    and exists (select 1 from devices where user_id = n.user_id)
            end
            """.formatted(InboxRules.read("n"));
    private static final String SELECT =
            "select d.id, d.kind, d.subject_id, d.user_id, coalesce(e.type, n.type), d.reason, d.at, " + OPEN + FROM;
    private static final String RETRY = """
            with chosen as materialized (
                select d.* from dead_letters d where d.id = any(:ids) order by d.id for update
            ), queued as (
                insert into pending_events (lane, event_id, expanded_to, named)
                select coalesce(d.lane, e.priority * 8), e.id, d.expanded_to,
                       coalesce(cardinality(e.recipients), 0) + 1
                from chosen d join events e on e.id = d.subject_id
                where d.kind = 'event' and e.cancelled_at is null
                order by d.id
                returning event_id, lane
            ), timed as (
                insert into push_timers (user_id, created_offset, notification_id, priority, due_at, attempts, since,
                                         retried_at)
                select distinct on (n.id) n.user_id, n.created_offset, n.id, n.priority, clock_timestamp(), 1, d.since,
                       clock_timestamp()
                %s join chosen c on c.id = d.id where d.kind = 'push' and %s
                on conflict (user_id, created_offset) do nothing
                returning notification_id
            )
            delete from dead_letters d
            using (select event_id as id, lane from queued union all select notification_id, null from timed) retried
            where d.subject_id = retried.id
            returning d.kind, retried.lane
            """.formatted(FROM, OPEN);
    /// An event that was discarded is not delivered any more, and says so.
    private static final String DISCARD = """
            with gone as (
                delete from dead_letters where id = any(:ids) returning kind, subject_id
            ), cancelled as (
                update events e set cancelled_at = coalesce(e.cancelled_at, now())
                from gone where gone.kind = 'event' and e.id = gone.subject_id
            )
            select count(*) from gone
            """;

    private final Jdbi jdbi;
    private final Signals signals;

    public DeadLetters(Jdbi jdbi, Signals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    /// What a filter touches.
    ///
    /// @param open those that a retry tries again; the others it leaves
    /// @param upTo the newest of them: put it into the filter, and what is done is what was previewed
    public record Preview(long letters, long events, long pushes, long open, OptionalLong upTo) {}

    /// What was done.
    ///
    /// @param letters that are no dead letters any more
    /// @param left those that it could not do anything about
    /// @param more whether there were more than [#MAX_AT_ONCE]; the same call goes on
    public record Done(long letters, long left, boolean more) {}

    /// Newest first.
    ///
    /// @param before the last id of the page above
    public List<DeadLetter> list(DeadLetterFilter filter, OptionalLong before, int limit) {
        return jdbi.withHandle(h -> filter.bind(h.createQuery(SELECT + " where " + filter.condition()
                        + " and d.id < :before order by d.id desc limit :limit"))
                .bind("before", before.orElse(Long.MAX_VALUE))
                .bind("limit", limit)
                .map((row, c) -> letter(row))
                .list());
    }

    public Optional<DeadLetter> find(long id) {
        return jdbi.withHandle(h -> h.createQuery(SELECT + " where d.id = :id")
                .bind("id", id)
                .map((row, c) -> letter(row))
                .findOne());
    }

    /// What a retry or a discard of these would touch.
    public Preview preview(DeadLetterFilter filter) {
        return jdbi.withHandle(
                h -> filter.bind(h.createQuery("""
                        select count(*), count(*) filter (where d.kind = 'event'),
                               count(*) filter (where d.kind = 'push'), count(*) filter (where %s), max(d.id)
                        """.formatted(OPEN) + FROM + " where " + filter.condition()))
                        .map((row, c) -> new Preview(
                                row.getLong(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                Optional.ofNullable(row.getObject(5, Long.class)).stream()
                                        .mapToLong(Long::longValue)
                                        .findFirst()))
                        .one());
    }

    /// Tries one again.
    ///
    /// @return empty when there is no such letter
    public Optional<Done> retry(long id) {
        return find(id).map(letter -> retry(List.of(letter.id())));
    }

    /// Tries all of them again, page by page: what a crash interrupts is done in part, and the same call goes on.
    public Done retry(DeadLetterFilter filter) {
        return each(filter, this::retry);
    }

    /// Lets one go. An event is then cancelled, as far as it was not delivered.
    ///
    /// @return empty when there is no such letter
    public Optional<Done> discard(long id) {
        return find(id).map(letter -> discard(List.of(letter.id())));
    }

    /// Lets all of them go, likewise.
    public Done discard(DeadLetterFilter filter) {
        return each(filter, this::discard);
    }

    private interface Work {
        Done on(List<Long> page);
    }

    private Done each(DeadLetterFilter filter, Work work) {
        long letters = 0;
        long left = 0;
        long before = Long.MAX_VALUE;
        for (int seen = 0; seen < MAX_AT_ONCE; seen += PAGE) {
            List<Long> page = ids(filter, before);
            if (page.isEmpty()) {
                return new Done(letters, left, false);
            }
            Done done = work.on(page);
            letters += done.letters;
            left += done.left;
            before = page.getLast();
        }
        return new Done(letters, left, !ids(filter, before).isEmpty());
    }

    private List<Long> ids(DeadLetterFilter filter, long before) {
        return jdbi.withHandle(h -> filter.bind(h.createQuery("select d.id " + FROM + " where " + filter.condition()
                        + " and d.id < :before order by d.id desc limit :limit"))
                .bind("before", before)
                .bind("limit", PAGE)
                .mapTo(Long.class)
                .list());
    }

    private Done retry(List<Long> ids) {
        Set<Priority> priorities = EnumSet.noneOf(Priority.class);
        long done = jdbi.inTransaction(h -> {
            holdEvents(h, ids);
            List<Optional<Integer>> retried = h.createQuery(RETRY)
                    .bindArray("ids", Long.class, ids.toArray())
                    .map((row, c) -> Optional.ofNullable(row.getObject(2, Integer.class)))
                    .list();
            retried.forEach(lane -> lane.ifPresent(l -> priorities.add(Lanes.priorityOf(l))));
            return (long) retried.size();
        });
        if (done > 0) {
            priorities.forEach(priority -> signals.raise(Signal.eventsOf(priority)));
            signals.raise(Signal.PUSH_DUE);
        }
        // Letters of one push go together, also those of other pages.
        return new Done(done, Math.max(0, ids.size() - done), false);
    }

    /// In the order in which cancelling takes them: the event, then its letter.
    private static void holdEvents(Handle h, List<Long> ids) {
        h.createQuery("""
                        select id from events
                        where id in (select subject_id from dead_letters where id = any(:ids) and kind = 'event')
                        order by id for no key update
                        """)
                .bindArray("ids", Long.class, ids.toArray())
                .mapTo(UUID.class)
                .list();
    }

    private Done discard(List<Long> ids) {
        long done = jdbi.inTransaction(h -> {
            holdEvents(h, ids);
            return h.createQuery(DISCARD)
                    .bindArray("ids", Long.class, ids.toArray())
                    .mapTo(Long.class)
                    .one();
        });
        return new Done(done, ids.size() - done, false);
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        Instant at = row.getTimestamp(7).toInstant();
        return new DeadLetter(
                row.getLong(1),
                DeadLetter.Kind.ofLabel(row.getString(2)).orElseThrow(),
                row.getObject(3, UUID.class),
                Optional.ofNullable(row.getString(4)),
                Optional.ofNullable(row.getString(5)),
                row.getString(6),
                at,
                row.getBoolean(8) ? DeadLetter.Prospect.OPEN : DeadLetter.Prospect.OVER);
    }
}
