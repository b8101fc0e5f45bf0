package io.belfry.core.inbox;

import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Repeats notifications that are not acknowledged: as one that returns from a snooze, each is at the top of its list
/// again, unread, with a push planned unless a device proves that it has the repetition. They wait while an emergency
/// stop holds what they are of. Whoever acknowledges one takes
/// it away in the same transaction. Thread-safe; blocks on the database.
@Singleton
public final class Repeats {
    /// Acts lock the inbox before what is in it, and so does this. Inboxes that somebody else holds come next time.
    /// What is stopped stays due, out of the way of the others.
    private static final String HOLD = """
            select user_id from inboxes where user_id in (
                select r.user_id from repeats r left join notifications n on n.id = r.notification_id
                where r.due_at <= clock_timestamp() and (n.id is null or not is_stopped(n.category, n.priority))
                order by r.due_at limit :limit)
            order by user_id for update skip locked
            """;
    /// What is snoozed waits for its return; what is acknowledged, recalled or over does not repeat any more.
    private static final String REPEAT = """
            with due as materialized (
                select r.notification_id, r.user_id, r.rest, n.created_offset, n.place is not distinct from 'snoozed' as sleeps,
                       n.id is not null and n.acknowledged_at is null and n.place is distinct from 'recalled'
                           and coalesce(n.expires_at, 'infinity') > clock_timestamp() as open
                from repeats r left join notifications n on n.id = r.notification_id and n.user_id = r.user_id
                where r.user_id = any(:users) and r.due_at <= clock_timestamp()
                    and (n.id is null or not is_stopped(n.category, n.priority))
            ), over as (
                delete from repeats r using due
                where r.notification_id = due.notification_id and (not due.open or not due.sleeps and due.rest <= 1)
            ), moved as (
                update repeats r
                set due_at = clock_timestamp() + r.every_ms * interval '1 millisecond',
                    rest = r.rest - (not due.sleeps)::int
                from due where r.notification_id = due.notification_id and due.open and (due.sleeps or due.rest > 1)
            ), chosen as materialized (
                select notification_id as id, row_number() over (partition by user_id order by created_offset) as nth
                from due where open and not sleeps
            ), repeated as (
                update notifications n
                set place = null, read_at = null, unread_offset = null, push = 'planned', returned_at = clock_timestamp(),
                    created_offset = i.head + chosen.nth, changed_offset = i.head + chosen.nth
                from chosen, inboxes i where n.id = chosen.id and i.user_id = n.user_id
                returning n.id, n.user_id, n.created_offset, n.priority, n.category, %s
            ), r (id, user_id, created_offset, priority, category, total, unread, unseen) as (
                select * from repeated
            ), timed as (
                insert into push_timers (user_id, created_offset, notification_id, priority, due_at, since)
                select r.user_id, r.created_offset, r.id, r.priority,
                       clock_timestamp() + coalesce(c.push_delay_ms, 0) * interval '1 millisecond', clock_timestamp()
                from r left join categories c on c.id = r.category
            ), advanced as (
                update inboxes i
                set head = i.head + s.count, total = i.total + s.total, unread = i.unread + s.unread,
                    unseen = i.unseen + s.unseen
                from (select user_id, count(*), sum(total) as total, sum(unread) as unread, sum(unseen) as unseen
                      from r group by user_id) s
                where i.user_id = s.user_id
                returning i.user_id, i.total, i.unread, i.unseen
            )
            select r.user_id, r.id, r.created_offset, r.total, r.unread, r.unseen, a.total, a.unread, a.unseen
            from r join advanced a using (user_id) order by r.user_id, r.created_offset desc
            """.formatted(InboxRules.changes());

    private final Jdbi jdbi;

    public Repeats(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One that was repeated, as it is to be published.
    public record Repeated(String userId, InboxChange change, Priority priority) {}

    /// @param limit how many are looked at
    public List<Repeated> next(int limit) {
        return jdbi.inTransaction(h -> {
            List<String> users =
                    h.createQuery(HOLD).bind("limit", limit).mapTo(String.class).list();
            return users.isEmpty() ? List.of() : repeated(h, users);
        });
    }

    private record Row(String user, UUID id, Counts difference, Counts after) {}

    private static List<Repeated> repeated(Handle h, List<String> users) {
        List<Row> rows = h.createQuery(REPEAT)
                .bindArray("users", String.class, users.toArray())
                .map((row, c) -> new Row(
                        row.getString(1),
                        row.getObject(2, UUID.class),
                        new Counts(row.getInt(4), row.getInt(5), row.getInt(6)),
                        new Counts(row.getInt(7), row.getInt(8), row.getInt(9))))
                .list();
        Map<UUID, Counts> counts = new HashMap<>();
        Map<UUID, String> owners = new HashMap<>();
        Map<String, Counts> later = new HashMap<>();
        for (Row row : rows) {
            // From the last one back: what came after a change is not counted at its offset.
            Counts there = later.getOrDefault(row.user, row.after);
            counts.put(row.id, there);
            owners.put(row.id, row.user);
            Counts d = row.difference;
            later.put(row.user, there.plus(new Counts(-d.total(), -d.unread(), -d.unseen())));
        }
        var repeated = new ArrayList<Repeated>();
        InboxItems.query(h, counts.keySet())
                .map((row, c) -> InboxItems.item(row))
                .forEach(item -> repeated.add(new Repeated(
                        owners.get(item.id()),
                        new InboxChange(item.offset(), InboxJson.notification(item, counts.get(item.id()))),
                        item.priority())));
        repeated.sort(Comparator.comparingLong(one -> one.change().offset()));
        return repeated;
    }
}
