package io.belfry.core.inbox;

import io.belfry.core.event.Priority;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Reads notifications as their recipients see them.
final class InboxItems {
    private static final String RECALLED = "recalled";

    private static final String SELECT = """
            select n.id, n.created_offset, n.changed_offset, n.type, n.category, n.priority, n.title, n.body, n.link,
                   coalesce(n.data, e.data), %s, %s, n.live is not null, n.collapse_key, n.place, n.snoozed_until,
                   n.acknowledged_at is not null, n.edited_at is not null, n.written_at
            from inboxes i
            join notifications n on n.user_id = i.user_id
            join events e on e.id = n.event_id
            where
            """.formatted(InboxRules.read("n"), InboxRules.seen("n"));

    private InboxItems() {}

    /// @param where which of the user's, and in what order
    static Query query(Handle h, String user, String where) {
        return h.createQuery(SELECT + " i.user_id = :user and n.user_id = :user and " + where)
                .bind("user", user);
    }

    /// Those of whoever they are.
    static Query query(Handle h, Collection<UUID> ids) {
        return h.createQuery(SELECT + " n.id = any(:ids)").bindArray("ids", UUID.class, ids.toArray());
    }

    static InboxItem item(ResultSet row) throws SQLException {
        return new InboxItem(
                row.getObject(1, UUID.class),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                Priority.ofCode(row.getInt(6)),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                new InboxItem.State(
                        row.getBoolean(11),
                        row.getBoolean(12),
                        "archived".equals(row.getString(15)),
                        Optional.ofNullable(row.getTimestamp(16)).map(Timestamp::toInstant),
                        row.getBoolean(17),
                        row.getBoolean(18)),
                row.getBoolean(13),
                Optional.ofNullable(row.getString(14)),
                InboxItem.createdAt(
                        row.getObject(1, UUID.class), row.getTimestamp(19).toInstant()));
    }

    /// Whether only its tombstone is left.
    static boolean isRecalled(ResultSet row) throws SQLException {
        return RECALLED.equals(row.getString(15));
    }
}
