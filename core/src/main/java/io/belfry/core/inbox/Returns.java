package io.belfry.core.inbox;

import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Brings snoozed notifications back when they are due: to the top of their list, unread and unseen, at a new offset,
/// with a push planned as for a new one. Thread-safe; blocks on the database.
@Singleton
public final class Returns {
    /// Acts lock the inbox before what is snoozed in it, and so does this. Inboxes that somebody else holds come next
    /// time.
    private static final String HOLD = """
            select user_id from inboxes where user_id in (
                select user_id from snoozes where due_at <= clock_timestamp() order by due_at limit :limit)
            order by user_id for update skip locked
            """;
    private static final String RETURN = """
            with due as (
                delete from snoozes where user_id = any(:users) and due_at <= clock_timestamp()
                returning notification_id, user_id
            ), chosen as materialized (
                select n.id, row_number() over (partition by n.user_id order by n.created_offset) as nth
                from due join notifications n on n.id = due.notification_id and n.user_id = due.user_id
                where n.place = 'snoozed'
            ), returned as (
                update notifications n
                set place = null, snoozed_until = null, returned_at = clock_timestamp(), read_at = null, unread_offset = null, push = 'planned',
                    created_offset = i.head + chosen.nth, changed_offset = i.head + chosen.nth
                from chosen, inboxes i where n.id = chosen.id and i.user_id = n.user_id
                returning n.id, n.user_id, n.created_offset, n.priority, n.category
            ), timed as (
                insert into push_timers (user_id, created_offset, notification_id, priority, due_at, since)
                select r.user_id, r.created_offset, r.id, r.priority,
                       clock_timestamp() + coalesce(c.push_delay_ms, 0) * interval '1 millisecond', clock_timestamp()
                from returned r left join categories c on c.id = r.category
            ), advanced as (
                update inboxes i
                set head = i.head + r.count, total = i.total + r.count, unread = i.unread + r.count,
                    unseen = i.unseen + r.count
                from (select user_id, count(*) from returned group by user_id) r where i.user_id = r.user_id
                returning i.user_id, i.head, i.total, i.unread, i.unseen
            )
            select a.user_id, a.head, a.total, a.unread, a.unseen, r.id, r.created_offset
            from returned r join advanced a using (user_id)
            """;

    private final Jdbi jdbi;

    public Returns(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One that is back, as it is to be published.
    public record Returned(String userId, InboxChange change, Priority priority) {}

    /// @param limit how many are looked at
    public List<Returned> next(int limit) {
        return jdbi.inTransaction(h -> {
            List<String> users =
                    h.createQuery(HOLD).bind("limit", limit).mapTo(String.class).list();
            return users.isEmpty() ? List.of() : returned(h, users);
        });
    }

    private static List<Returned> returned(Handle h, List<String> users) {
        Map<UUID, Place> places = new HashMap<>();
        h.createQuery(RETURN)
                .bindArray("users", String.class, users.toArray())
                .map((row, c) -> Map.entry(row.getObject(6, UUID.class), place(row)))
                .forEach(e -> places.put(e.getKey(), e.getValue()));
        return InboxItems.query(h, places.keySet())
                .map((row, c) -> {
                    InboxItem item = InboxItems.item(row);
                    Place place = places.get(item.id());
                    return new Returned(
                            place.user,
                            new InboxChange(item.offset(), InboxJson.notification(item, place.counts)),
                            item.priority());
                })
                .stream()
                .sorted((one, other) ->
                        Long.compare(one.change().offset(), other.change().offset()))
                .toList();
    }

    private record Place(String user, Counts counts) {}

    /// What came back after it is not counted at its offset.
    private static Place place(ResultSet row) throws SQLException {
        int later = (int) (row.getLong(2) - row.getLong(7));
        Counts counts = InboxRow.position(row).counts();
        return new Place(row.getString(1), counts.plus(new Counts(-later, -later, -later)));
    }
}
