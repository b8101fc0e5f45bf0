package io.belfry.core.inbox;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Writes notifications of many events to many inboxes in one statement. Stateless.
@Singleton
public final class InboxWriter {
    /// Inboxes are locked in the order of their users, or two writers would deadlock. `old.head` is where the inbox
    /// stood before: a user may be in the batch several times, and `nth` counts those.
    private static final String WRITE = """
            with input as materialized (
                select * from unnest(?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::text[], ?::int2[], ?::text[],
                                     ?::text[], ?::text[], ?::text[], ?::int4[], ?::text[], ?::text[],
                                     ?::timestamptz[], ?::timestamptz[], ?::text[], ?::int4[])
                    as t(id, user_id, event_id, type, category, priority, title, body, link, push, push_delay_ms, live,
                         deferral, deferred_until, expires_at, collapse_key, nth)
            ), known as (
                insert into users (id) select id from unnest(?::text[]) as t(id) order by id on conflict do nothing
            ), advanced as (
                insert into inboxes (user_id, head, total, unread, unseen)
                select user_id, count(*), count(*), count(*), count(*) from input group by user_id order by user_id
                on conflict (user_id) do update
                    set head = inboxes.head + excluded.head, total = inboxes.total + excluded.total,
                        unread = inboxes.unread + excluded.unread, unseen = inboxes.unseen + excluded.unseen
                returning user_id, coalesce(old.head, 0) as base, new.total, new.unread, new.unseen, new.head
            ), written as (
                insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,
                                           priority, title, body, link, push, live, deferral, deferred_until,
                                           expires_at, collapse_key)
                select n.id, n.user_id, n.event_id, a.base + n.nth, a.base + n.nth, n.type, n.category, n.priority,
                       n.title, n.body, n.link, n.push, n.live, n.deferral, n.deferred_until, n.expires_at,
                       n.collapse_key
                from input n join advanced a using (user_id)
            ), timed as (
                insert into push_timers (user_id, created_offset, notification_id, priority, due_at, not_before)
                select n.user_id, a.base + n.nth, n.id, n.priority,
                       coalesce(n.deferred_until, clock_timestamp() + n.push_delay_ms * interval '1 millisecond'),
                       n.deferred_until
                from input n join advanced a using (user_id)
                where n.push = 'planned'
            )
            select user_id, base, head, total, unread, unseen from advanced
            """;

    private final Superseding superseding;

    public InboxWriter(Superseding superseding) {
        this.superseding = superseding;
    }

    /// Runs within the caller's transaction, which holds the inboxes' rows until it ends.
    ///
    /// @param batch in the order in which each user is to receive them; no (event, user) pair twice
    /// @param newUsers users of the batch that are not in `users` yet
    /// @return where each landed, in the order of the batch
    /// @throws SQLException also when a pair was written before: the primary key refuses it
    public List<Written> write(Connection connection, List<NewNotification> batch, List<String> newUsers)
            throws SQLException {
        var seen = new HashMap<String, Integer>();
        Integer[] nth = new Integer[batch.size()];
        for (int i = 0; i < nth.length; i++) {
            nth[i] = seen.merge(batch.get(i).userId(), 1, Integer::sum);
        }
        Map<String, Advanced> advanced = advance(connection, batch, nth, newUsers);
        var written = new ArrayList<Written>(batch.size());
        for (int i = 0; i < nth.length; i++) {
            written.add(advanced.get(batch.get(i).userId()).at(batch.get(i), nth[i]));
        }
        return superseding.replace(connection, written);
    }

    private static Map<String, Advanced> advance(
            Connection connection, List<NewNotification> batch, Integer[] nth, List<String> newUsers)
            throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            new ArrayColumns(write)
                    .add("uuid", UUID[]::new, batch, NewNotification::id)
                    .add("text", String[]::new, batch, NewNotification::userId)
                    .add("uuid", UUID[]::new, batch, NewNotification::eventId)
                    .add("text", String[]::new, batch, NewNotification::type)
                    .add("text", String[]::new, batch, NewNotification::category)
                    .add("int2", Short[]::new, batch, n -> (short) n.priority().code())
                    .add("text", String[]::new, batch, NewNotification::title)
                    .add("text", String[]::new, batch, NewNotification::body)
                    .add("text", String[]::new, batch, NewNotification::link)
                    .add("text", String[]::new, batch, n -> n.decision().pushLabel())
                    .add("int4", Integer[]::new, batch, n -> pushDelayMillis(n.decision()))
                    .add("text", String[]::new, batch, n -> silence(n.decision()))
                    .add("text", String[]::new, batch, n -> deferral(n.decision())
                            .map(deferral -> deferral.reason().label())
                            .orElse(null))
                    .add("timestamptz", String[]::new, batch, n -> deferral(n.decision())
                            .map(deferral -> deferral.until().toString())
                            .orElse(null))
                    .add("timestamptz", String[]::new, batch, n -> n.expires()
                            .map(Instant::toString)
                            .orElse(null))
                    .add("text", String[]::new, batch, n -> n.collapseKey().orElse(null))
                    .add("int4", Integer[]::new, List.of(nth), n -> n)
                    .add("text", String[]::new, newUsers, u -> u);
            var advanced = new HashMap<String, Advanced>();
            try (ResultSet rows = write.executeQuery()) {
                while (rows.next()) {
                    advanced.put(
                            rows.getString(1),
                            new Advanced(
                                    rows.getLong(2),
                                    rows.getLong(3),
                                    new Counts(rows.getInt(4), rows.getInt(5), rows.getInt(6))));
                }
            }
            return advanced;
        }
    }

    private static Integer pushDelayMillis(Decision decision) {
        return decision.push() instanceof Verdict.Send(Duration after) ? (Integer) (int) after.toMillis() : null;
    }

    private static Optional<Verdict.Defer> deferral(Decision decision) {
        return decision.push() instanceof Verdict.Defer deferral ? Optional.of(deferral) : Optional.empty();
    }

    private static String silence(Decision decision) {
        return decision.live() instanceof Verdict.Suppress(SuppressionReason reason) ? reason.label() : null;
    }

    /// One inbox before and after the batch.
    private record Advanced(long base, long head, Counts after) {
        Written at(NewNotification notification, int nth) {
            long offset = base + nth;
            int later = (int) (head - offset);
            return new Written(
                    notification,
                    offset,
                    new Counts(after.total() - later, after.unread() - later, after.unseen() - later));
        }
    }
}
