package io.belfry.dispatcher.push;

import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Claims due push timers under a lease, and records what came of them. A dispatcher that dies leaves its claims to
/// lapse
/// and its tries as `sending`, which count as unclear: such a device is tried once more at most. Thread-safe; blocks.
@Singleton
final class DuePushes {
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final String CLAIM = """
            with due as (
                select user_id, created_offset from push_timers
                where priority = :priority and due_at <= clock_timestamp()
                order by due_at limit :limit for update skip locked
            ), claimed as (
                update push_timers t
                set claim = :claim, attempts = t.attempts + 1,
                    due_at = clock_timestamp() + :lease * interval '1 millisecond'
                from due where t.user_id = due.user_id and t.created_offset = due.created_offset
                returning t.user_id, t.created_offset, t.notification_id, t.priority, t.attempts
            )
            select c.user_id, c.created_offset, c.notification_id, c.priority, c.attempts, n.type, n.category, n.title,
                   n.body, n.link, i.unread, n.read_at is not null or n.created_offset <= i.read_through,
                   n.created_offset <= i.seen_through,
                   coalesce((select max(received_offset) from receipts r where r.user_id = c.user_id), 0),
                   d.id, d.token, d.platform,
                   coalesce((select received_offset from receipts r where r.user_id = d.user_id and r.device_id = d.id), 0),
                   count(a.id), count(a.id) filter (where a.outcome in ('sending', 'ambiguous')),
                   coalesce(bool_or(a.outcome in ('accepted', 'token_dead', 'rejected')), false)
            from claimed c
            join notifications n on n.id = c.notification_id
            join inboxes i on i.user_id = c.user_id
            left join devices d on d.user_id = c.user_id
            left join push_attempts a on a.subject_id = c.notification_id and a.user_id = d.user_id and a.device_id = d.id
            group by c.user_id, c.created_offset, c.notification_id, c.priority, c.attempts, n.type, n.category, n.title,
                     n.body, n.link, i.unread, n.read_at, n.created_offset, i.read_through, i.seen_through, d.user_id, d.id,
                     d.token, d.platform
            """;

    private final Jdbi jdbi;

    DuePushes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    List<DuePush> claim(Priority priority, int limit) {
        UUID claim = UUID.randomUUID();
        var pushes = new LinkedHashMap<UUID, DuePush>();
        jdbi.useTransaction(h -> h.createQuery(CLAIM)
                .bind("priority", priority.code())
                .bind("limit", limit)
                .bind("claim", claim)
                .bind("lease", LEASE.toMillis())
                .map((row, c) -> pushes.merge(row.getObject(3, UUID.class), push(claim, row), DuePushes::join))
                .list());
        return List.copyOf(pushes.values());
    }

    private static DuePush push(UUID claim, ResultSet row) throws SQLException {
        var targets = new ArrayList<DuePush.Target>();
        if (row.getString(15) != null) {
            targets.add(new DuePush.Target(
                    row.getString(15),
                    row.getString(16),
                    Platform.ofLabel(row.getString(17)).orElseThrow(),
                    row.getLong(18),
                    row.getInt(19),
                    row.getInt(20),
                    row.getBoolean(21)));
        }
        return new DuePush(
                claim,
                row.getString(1),
                row.getLong(2),
                row.getObject(3, UUID.class),
                Priority.ofCode(row.getInt(4)),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getInt(11),
                row.getBoolean(12),
                row.getBoolean(13),
                row.getLong(14),
                targets);
    }

    private static DuePush join(DuePush push, DuePush next) {
        push.targets().addAll(next.targets());
        return push;
    }

    /// Notes that a try begins, before it does.
    UUID begin(DuePush push, DuePush.Target target) {
        return jdbi.withHandle(h -> h.createQuery("""
                        insert into push_attempts (subject_id, user_id, device_id, attempt)
                        values (:subject, :user, :device, :attempt) returning id
                        """)
                .bind("subject", push.notificationId())
                .bind("user", push.userId())
                .bind("device", target.deviceId())
                .bind("attempt", target.tries() + 1)
                .mapTo(UUID.class)
                .one());
    }

    void end(UUID attempt, String outcome, String detail) {
        jdbi.useHandle(h -> h.createUpdate(
                        "update push_attempts set outcome = :outcome, detail = :detail, finished_at = now() where id = :id")
                .bind("outcome", outcome)
                .bind("detail", detail)
                .bind("id", attempt)
                .execute());
    }

    /// Nothing more is to be done for it.
    void finish(DuePush push) {
        jdbi.useHandle(h -> h.createUpdate(
                        "delete from push_timers where user_id = :user and created_offset = :offset and claim = :claim")
                .bind("user", push.userId())
                .bind("offset", push.offset())
                .bind("claim", push.claim())
                .execute());
    }

    /// Gives it back, to be due at that time.
    void postpone(DuePush push, Instant until) {
        jdbi.useHandle(h -> h.createUpdate("""
                        update push_timers set claim = null, due_at = :until
                        where user_id = :user and created_offset = :offset and claim = :claim
                        """)
                .bind("until", Timestamp.from(until))
                .bind("user", push.userId())
                .bind("offset", push.offset())
                .bind("claim", push.claim())
                .execute());
    }

    /// Keeps for a person what failed for good.
    void bury(DuePush push, String reason) {
        jdbi.useHandle(h -> h.createUpdate(
                        "insert into dead_letters (kind, subject_id, user_id, reason) values ('push', :subject, :user, :reason)")
                .bind("subject", push.notificationId())
                .bind("user", push.userId())
                .bind("reason", reason)
                .execute());
    }
}
