package io.belfry.dispatcher.push;

import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Writes notifications whose push is due, as the dispatcher leaves them, many at a time. Users are called
/// `name-1`, `name-2` …, their devices `phone-1` …, tokens `user.phone`.
final class PlannedPushes {
    private final Jdbi jdbi;

    PlannedPushes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void due(String name, int users, int devices, Priority priority) {
        jdbi.useTransaction(h -> {
            h.execute(
                    "create temp table made on commit drop as"
                            + " select ? || '-' || n as user_id, uuidv7() as id from generate_series(1, ?) n",
                    name,
                    users);
            h.execute("insert into users (id) select user_id from made");
            h.execute(
                    "insert into devices (user_id, id, token, platform) select user_id, 'phone-' || n,"
                            + " user_id || '.phone-' || n, 'android' from made, generate_series(1, ?) n",
                    devices);
            h.execute(
                    "insert into inboxes (user_id, head, total, unread, unseen) select user_id, 1, 1, 1, 1 from made");
            h.execute(
                    "insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,"
                            + " priority, title, body, push) select id, user_id, id, 1, 1, 'order.shipped', 'general', ?,"
                            + " 'Order shipped', 'It is on its way', 'planned' from made",
                    priority.code());
            h.execute(
                    "insert into push_timers (user_id, created_offset, notification_id, priority, due_at)"
                            + " select user_id, 1, id, ?, now() from made",
                    priority.code());
        });
    }

    /// One for a user with one phone.
    ///
    /// @param accepted when its event was
    /// @param earlier outcomes of tries of dispatchers before, of which the last one died
    UUID due(String user, Instant accepted, List<String> earlier) {
        UUID id = EventId.timed(accepted.toEpochMilli(), 8, user.hashCode(), user.hashCode());
        jdbi.useTransaction(h -> {
            h.execute("insert into users (id) values (?)", user);
            h.execute(
                    "insert into devices (user_id, id, token, platform) values (?, 'phone', ?, 'android')",
                    user,
                    user + ".phone");
            h.execute("insert into inboxes (user_id, head, total, unread, unseen) values (?, 1, 1, 1, 1)", user);
            h.execute(
                    "insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,"
                            + " priority, title, push) values (?, ?, ?, 1, 1, 'order.shipped', 'general', 2, 'Hello',"
                            + " 'planned')",
                    id,
                    user,
                    id);
            for (int i = 0; i < earlier.size(); i++) {
                h.execute(
                        "insert into push_attempts (subject_id, user_id, device_id, attempt, outcome) values (?, ?,"
                                + " 'phone', ?, ?)",
                        id,
                        user,
                        i + 1,
                        earlier.get(i));
            }
            h.execute(
                    "insert into push_timers (user_id, created_offset, notification_id, priority, due_at, attempts,"
                            + " claim) values (?, 1, ?, 2, now(), ?, gen_random_uuid())",
                    user,
                    id,
                    earlier.size());
        });
        return id;
    }

    long left() {
        return count("select count(*) from push_timers");
    }

    /// `device attempt outcome` of each, in order.
    List<String> attempts(UUID subject) {
        return jdbi.withHandle(h -> h.createQuery("select device_id || ' ' || attempt || ' ' || outcome"
                        + " from push_attempts where subject_id = :id order by device_id, attempt")
                .bind("id", subject)
                .mapTo(String.class)
                .list());
    }

    long count(String sql) {
        return jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
    }
}
