package io.belfry.core.inbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The row of one inbox: its position and its marks. Immutable; what it reads blocks on the database.
record InboxRow(
        InboxPosition position,
        long readThrough,
        long readThroughChanged,
        long seenThrough,
        long seenThroughChanged,
        long expiredChanged) {
    private static final String FIND = """
            select user_id, head, total, unread, unseen, read_through, read_through_changed, seen_through,
                   seen_through_changed, expired_changed
            from inboxes where user_id = :user
            """;

    static Optional<InboxRow> find(Handle h, String user) {
        return read(h, user, FIND);
    }

    /// Holds the inbox until the transaction ends.
    static Optional<InboxRow> lock(Handle h, String user) {
        return read(h, user, FIND + " for update");
    }

    private static Optional<InboxRow> read(Handle h, String user, String sql) {
        return h.createQuery(sql)
                .bind("user", user)
                .map((row, c) -> new InboxRow(
                        position(row), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9), row.getLong(10)))
                .findOne();
    }

    /// @param row of `user_id, head, total, unread, unseen`
    static InboxPosition position(ResultSet row) throws SQLException {
        return new InboxPosition(row.getLong(2), new Counts(row.getInt(3), row.getInt(4), row.getInt(5)));
    }

    Counts counts() {
        return position.counts();
    }

    long head() {
        return position.head();
    }

    /// The offset of the next change.
    long next() {
        return position.head() + 1;
    }

    /// A mark as recovery tells it.
    InboxChange through(String kind, long changed, long through) {
        Counts counts = changed == head() ? counts() : null;
        return new InboxChange(changed, InboxJson.through(kind, through, counts));
    }
}
