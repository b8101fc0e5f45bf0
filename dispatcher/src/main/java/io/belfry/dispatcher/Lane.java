package io.belfry.dispatcher;

import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// Claims and finishes the events of one lane. All within the caller's transaction: the lock on the lane's row is the
/// lease, and ends with the connection of a dispatcher that dies.
@Singleton
final class Lane {
    /// The lane whose first event was accepted before those of the others: any other order starves some of them for as
    /// long as there is more work than is done.
    private static final String LOCK = """
            select l.id from lanes l
                cross join lateral (select seq from pending_events where lane = l.id order by seq limit 1) first
            where l.priority = ? order by first.seq limit 1 for update of l skip locked
            """;
    private static final String NEXT = """
            select p.seq, p.event_id, p.expanded_to, e.type, e.category, e.priority, e.actor, e.topic, e.recipients, e.data
            from (select * from pending_events where lane = ? order by seq limit ?) p join events e on e.id = p.event_id
            order by p.seq
            """;

    /// Locks the lane of this priority that has waited longest, of those that nobody else drains.
    OptionalInt lock(Connection connection, Priority priority) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setInt(1, priority.code());
            try (ResultSet row = lock.executeQuery()) {
                return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
            }
        }
    }

    /// The first events of the lane, in the order of acceptance.
    List<ClaimedEvent> next(Connection connection, int lane, int limit) throws SQLException {
        try (PreparedStatement next = connection.prepareStatement(NEXT)) {
            next.setInt(1, lane);
            next.setInt(2, limit);
            var events = new ArrayList<ClaimedEvent>();
            try (ResultSet row = next.executeQuery()) {
                while (row.next()) {
                    events.add(event(row));
                }
            }
            return events;
        }
    }

    private static ClaimedEvent event(ResultSet row) throws SQLException {
        return new ClaimedEvent(
                row.getLong(1),
                row.getObject(2, UUID.class),
                row.getString(4),
                row.getString(5),
                Priority.ofCode(row.getInt(6)),
                Optional.ofNullable(row.getString(7)),
                Optional.ofNullable(row.getString(8)),
                List.of((String[]) row.getArray(9).getArray()),
                row.getString(10),
                Optional.ofNullable(row.getString(3)));
    }

    /// Takes what is done out of the lane, and notes how far an audience has come.
    void finish(Connection connection, int lane, Expansion.Batch batch) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from pending_events where lane = ? and seq = any(?)")) {
            Array seqs = connection.createArrayOf(
                    "int8", batch.finished().stream().map(ClaimedEvent::seq).toArray(Long[]::new));
            delete.setInt(1, lane);
            delete.setArray(2, seqs);
            delete.executeUpdate();
        }
        if (batch.unfinished().isPresent()) {
            Expansion.Unfinished rest = batch.unfinished().get();
            try (PreparedStatement update = connection.prepareStatement(
                    "update pending_events set expanded_to = ? where lane = ? and seq = ?")) {
                update.setString(1, rest.expandedTo());
                update.setInt(2, lane);
                update.setLong(3, rest.event().seq());
                update.executeUpdate();
            }
        }
    }

    /// Takes an event that cannot be dispatched out of the way of those behind it, and keeps it for a person.
    void bury(Connection connection, int lane, ClaimedEvent event, String reason) throws SQLException {
        try (PreparedStatement bury = connection.prepareStatement("""
                with gone as (delete from pending_events where lane = ? and seq = ?)
                insert into dead_letters (kind, subject_id, reason) values ('event', ?, ?)
                """)) {
            bury.setInt(1, lane);
            bury.setLong(2, event.seq());
            bury.setObject(3, event.id());
            bury.setString(4, reason);
            bury.executeUpdate();
        }
    }
}
