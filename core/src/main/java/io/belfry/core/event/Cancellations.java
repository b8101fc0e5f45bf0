package io.belfry.core.event;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/// Takes events back, as far as they were not delivered, and tells what was. It waits for the batch of a dispatcher
/// that has the event in hand, so that what it tells is what happened. Thread-safe; blocks on the database.
@Singleton
public final class Cancellations {
    /// Events of one key that are cancelled in one call.
    public static final int MAX_EVENTS = 1000;

    private static final String WITHDRAW = """
            with gone as (
                delete from push_timers t using notifications n
                where n.id >= :from and n.id < :to and n.event_id = :event and t.user_id = n.user_id
                    and t.created_offset = n.created_offset and t.claim is null and t.attempts = 0
                returning t.notification_id
            )
            update notifications n set push = 'cancelled' from gone where n.id = gone.notification_id
            """;
    private static final String TOLD = """
            select count(*), count(*) filter (where exists (
                select 1 from push_attempts a where a.subject_id = n.id and a.user_id = n.user_id))
            from notifications n where n.id >= :from and n.id < :to and n.event_id = :event
            """;

    private final Jdbi jdbi;

    public Cancellations(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param apiKey whose event it has to be
    /// @return empty when there is no such event of that key
    public Optional<Cancellation> cancel(UUID apiKey, UUID event) {
        return jdbi.inTransaction(h -> {
            boolean isThere = h.createQuery("select id from events where id = :event and api_key_id = :key for update")
                    .bind("event", event)
                    .bind("key", apiKey)
                    .mapTo(UUID.class)
                    .findOne()
                    .isPresent();
            return isThere ? Optional.of(cancel(h, event)) : Optional.empty();
        });
    }

    /// Those that were sent with a cancellation key, newest first.
    public List<UUID> events(UUID apiKey, String cancellationKey) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select id from events where api_key_id = :key and cancellation_key = :cancellation
                        order by id desc limit :limit
                        """)
                .bind("key", apiKey)
                .bind("cancellation", cancellationKey)
                .bind("limit", MAX_EVENTS)
                .mapTo(UUID.class)
                .list());
    }

    private static Cancellation cancel(Handle h, UUID event) {
        boolean taken = stop(h, event);
        int withdrawn = within(h.createUpdate(WITHDRAW), event).execute();
        long[] told = h.createQuery(TOLD)
                .bind("event", event)
                .bind("from", EventId.first(event))
                .bind("to", EventId.afterLast(event))
                .map((row, c) -> new long[] {row.getLong(1), row.getLong(2)})
                .one();
        boolean before = h.createUpdate("update events set cancelled_at = now() where id = :event"
                                + " and cancelled_at is null and :changed")
                        .bind("event", event)
                        .bind("changed", taken || withdrawn > 0)
                        .execute()
                == 0;
        boolean changed = taken || withdrawn > 0 || before && wasCancelled(h, event);
        return new Cancellation(event, extent(changed, told[0]), told[0], withdrawn, told[1]);
    }

    /// Takes away whatever would lead to further notifications of an event; no dispatcher has it in hand then. Within
    /// the caller's transaction, which holds the event's row.
    ///
    /// @return whether there was anything
    public static boolean stop(Handle h, UUID event) {
        boolean waited = unschedule(h, event) || dequeue(h, event) || unbury(h, event);
        return ungather(h, event) || waited;
    }

    private static Cancellation.Extent extent(boolean changed, long written) {
        if (!changed) {
            return Cancellation.Extent.NONE;
        }
        return written == 0 ? Cancellation.Extent.WHOLE : Cancellation.Extent.PART;
    }

    /// Asked again, it is told again.
    private static boolean wasCancelled(Handle h, UUID event) {
        return h.createQuery("select cancelled_at is not null from events where id = :event")
                .bind("event", event)
                .mapTo(Boolean.class)
                .one();
    }

    private static boolean unschedule(Handle h, UUID event) {
        return delete(h, "scheduled_events", event);
    }

    /// The lock on the lane is what a dispatcher holds while it has events of it in hand, or moves those that a stop
    /// holds.
    private static boolean dequeue(Handle h, UUID event) {
        Optional<Integer> lane = h.createQuery("select lane from pending_events where event_id = :event"
                        + " union all select lane from held_events where event_id = :event")
                .bind("event", event)
                .mapTo(Integer.class)
                .findOne();
        if (lane.isEmpty()) {
            return false;
        }
        h.createQuery("select id from lanes where id = :lane for update")
                .bind("lane", lane.get())
                .mapTo(Integer.class)
                .one();
        return delete(h, "pending_events", event) || delete(h, "held_events", event);
    }

    private static boolean delete(Handle h, String table, UUID event) {
        return h.createUpdate("delete from " + table + " where event_id = :event")
                        .bind("event", event)
                        .execute()
                > 0;
    }

    /// Takes it out of digests that are open, in the order in which dispatchers lock them.
    private static boolean ungather(Handle h, UUID event) {
        List<UUID> digests =
                h.createQuery("""
                        select id from digests where id in (select digest_id from digest_items where event_id = :event)
                        order by user_id, api_key_id, type, key for update
                        """).bind("event", event).mapTo(UUID.class).list();
        if (digests.isEmpty() || !delete(h, "digest_items", event)) {
            return false;
        }
        h.createUpdate("update digests set count = count - 1 where id = any(:ids)")
                .bindArray("ids", UUID.class, digests.toArray())
                .execute();
        h.createUpdate("delete from digests where id = any(:ids) and count = 0")
                .bindArray("ids", UUID.class, digests.toArray())
                .execute();
        return true;
    }

    /// Nobody tries it again.
    private static boolean unbury(Handle h, UUID event) {
        return h.createUpdate("delete from dead_letters where kind = 'event' and subject_id = :event")
                        .bind("event", event)
                        .execute()
                > 0;
    }

    private static Update within(Update statement, UUID event) {
        return statement.bind("event", event).bind("from", EventId.first(event)).bind("to", EventId.afterLast(event));
    }
}
