package io.belfry.dispatcher.push;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.device.Platform;
import io.belfry.core.inbox.InboxRules;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Claims corrections of pushes under a lease, and records what came of them. Thread-safe; blocks on the database.
@Singleton
final class Corrections {
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final String CLAIM = """
            with due as (
                select notification_id, user_id, device_id from push_corrections
                where due_at <= clock_timestamp() order by due_at limit :limit for update skip locked
            ), claimed as (
                update push_corrections c
                set rounds = c.rounds + 1, due_at = clock_timestamp() + :lease * interval '1 millisecond'
                from due
                where c.notification_id = due.notification_id and c.user_id = due.user_id
                    and c.device_id = due.device_id
                returning c.*
            )
            select c.id, c.notification_id, c.user_id, c.device_id, c.kind, d.token, d.platform,
                   n.id is not null and (%s or n.place is not null),
                   exists (select 1 from push_attempts a
                           where a.subject_id = c.notification_id and a.user_id = c.user_id
                               and a.device_id = c.device_id and a.outcome = 'sending'
                               and a.started_at > now() - :lease * interval '1 millisecond'),
                   c.rounds, coalesce(n.type, 'announcement'), coalesce(n.category, b.category), n.title, n.body, n.link, n.collapse_key, n.expires_at, i.unread
            from claimed c
            left join notifications n on n.id = c.notification_id
            left join inboxes i on i.user_id = n.user_id
            left join broadcasts b on b.id = c.notification_id
            left join devices d on d.user_id = c.user_id and d.id = c.device_id
            where n.id is not null or b.id is not null
            """.formatted(InboxRules.read("n"));
    /// One that was changed meanwhile has another id, and stays.
    private static final String CLOSE = "delete from push_corrections where id = any(?::uuid[])";
    private static final String POSTPONE = """
            update push_corrections c set due_at = t.due_at, rounds = c.rounds - t.unused
            from unnest(?::uuid[], ?::timestamptz[], ?::int2[]) as t(id, due_at, unused) where c.id = t.id
            """;

    private final Jdbi jdbi;

    Corrections(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One that is to be looked at again.
    ///
    /// @param unused 1 where this round was no try
    record Later(UUID id, Instant at, int unused) {}

    List<Correction> claim(int limit) {
        return jdbi.withHandle(h -> h.createQuery(CLAIM)
                .bind("limit", limit)
                .bind("lease", LEASE.toMillis())
                .map((row, c) -> correction(row))
                .list());
    }

    private static Correction correction(ResultSet row) throws SQLException {
        return new Correction(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getString(4),
                Correction.Kind.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                Optional.ofNullable(row.getString(6)).map(token -> target(token, row)),
                row.getBoolean(8),
                row.getBoolean(9),
                row.getInt(10),
                new Correction.Words(
                        row.getString(11),
                        row.getString(12),
                        row.getString(13),
                        row.getString(14),
                        row.getString(15),
                        Optional.ofNullable(row.getString(16)),
                        Optional.ofNullable(row.getTimestamp(17)).map(Timestamp::toInstant),
                        (Integer) row.getObject(18) instanceof Integer unread
                                ? OptionalInt.of(unread)
                                : OptionalInt.empty()));
    }

    private static Correction.Target target(String token, ResultSet row) {
        try {
            return new Correction.Target(
                    token, Platform.ofLabel(row.getString(7)).orElseThrow());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Notes the tries that are about to be made, and closes or postpones those that are not.
    void begin(List<PushTry> tries, List<UUID> over, List<Later> later) {
        write(connection -> {
            PushAttempts.begin(connection, tries);
            close(connection, over);
            postpone(connection, later);
        });
    }

    /// Notes what came of tries.
    void end(List<Sent> sent, List<UUID> over, List<Later> later) {
        write(connection -> {
            PushAttempts.end(connection, sent);
            close(connection, over);
            postpone(connection, later);
        });
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void write(Work work) {
        jdbi.useTransaction(h -> {
            try {
                work.on(h.getConnection());
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    private static void close(Connection connection, List<UUID> over) throws SQLException {
        if (!over.isEmpty()) {
            try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
                new ArrayColumns(close).add("uuid", UUID[]::new, over, id -> id);
                close.executeUpdate();
            }
        }
    }

    private static void postpone(Connection connection, List<Later> later) throws SQLException {
        if (!later.isEmpty()) {
            try (PreparedStatement postpone = connection.prepareStatement(POSTPONE)) {
                new ArrayColumns(postpone)
                        .add("uuid", UUID[]::new, later, Later::id)
                        .add("timestamptz", String[]::new, later, l -> l.at().toString())
                        .add("int2", Short[]::new, later, l -> (short) l.unused());
                postpone.executeUpdate();
            }
        }
    }
}
