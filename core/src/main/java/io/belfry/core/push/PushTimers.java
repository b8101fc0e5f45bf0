package io.belfry.core.push;

import io.belfry.core.database.ArrayColumns;
import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// Makes planned pushes due earlier. A timer row says that a notification will be pushed unless its receipt comes; it
/// is written with the notification, and claimed by the dispatcher when due. What was put off stays put off.
/// Thread-safe; blocks on the database.
@Singleton
public final class PushTimers {
    private static final String HASTEN = """
            update push_timers t
            set due_at = least(t.due_at, greatest(t.not_before,
                                                  clock_timestamp() + i.grace_ms * interval '1 millisecond'))
            from unnest(?::text[], ?::int8[], ?::int4[]) as i(user_id, created_offset, grace_ms)
            where t.user_id = i.user_id and t.created_offset = i.created_offset and t.claim is null
            """;
    private static final String SOCKET_DIED = """
            update push_timers t
            set due_at = least(t.due_at, greatest(t.not_before, clock_timestamp() + ? * interval '1 millisecond'))
            from unnest(?::text[], ?::int8[]) as i(user_id, received_offset)
            where t.user_id = i.user_id and t.created_offset > i.received_offset and t.claim is null
            """;

    private final Jdbi jdbi;

    public PushTimers(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One planned push, and how soon it shall be due at the latest.
    public record Hasten(String userId, long createdOffset, Duration grace) {}

    /// A user whose last connection ended, and up to where that connection had proved receipt.
    public record Unreceived(String userId, long receivedOffset) {}

    /// Nobody listened when these were published.
    ///
    /// @return how many timers were still waiting
    public int hasten(List<Hasten> timers) throws SQLException {
        return jdbi.<Integer, SQLException>inTransaction(h -> {
            try (PreparedStatement update = h.getConnection().prepareStatement(HASTEN)) {
                new ArrayColumns(update)
                        .add("text", String[]::new, timers, Hasten::userId)
                        .add("int8", Long[]::new, timers, Hasten::createdOffset)
                        .add("int4", Integer[]::new, timers, t ->
                                (int) t.grace().toMillis());
                return update.executeUpdate();
            }
        });
    }

    /// Sockets died with frames that were never proved received.
    ///
    /// @param grace within which a reconnect still prevents the push
    public int hastenAfterDisconnect(List<Unreceived> users, Duration grace) throws SQLException {
        return jdbi.<Integer, SQLException>inTransaction(h -> {
            try (PreparedStatement update = h.getConnection().prepareStatement(SOCKET_DIED)) {
                update.setLong(1, grace.toMillis());
                update.setArray(
                        2,
                        h.getConnection()
                                .createArrayOf(
                                        "text",
                                        users.stream().map(Unreceived::userId).toArray(String[]::new)));
                update.setArray(
                        3,
                        h.getConnection()
                                .createArrayOf(
                                        "int8",
                                        users.stream()
                                                .map(Unreceived::receivedOffset)
                                                .toArray(Long[]::new)));
                return update.executeUpdate();
            }
        });
    }
}
