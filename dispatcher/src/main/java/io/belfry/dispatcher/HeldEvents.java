package io.belfry.dispatcher;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.stop.StopTarget;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Events of stopped categories, beside their lanes. They keep their places: an event of a category is dispatched only
/// when none of its lane and category that is held was accepted before it, so the order within a category survives a
/// stop, however its end meets with dispatches. Whoever moves one holds its lane. Stateless.
@Singleton
final class HeldEvents {
    private static final String FIRST = """
            select lane, target, min(seq) from held_events where lane = any(?) group by lane, target
            """;
    private static final String HOLD = """
            with gone as (
                delete from pending_events p
                using unnest(?::int2[], ?::int8[], ?::text[]) as t(lane, seq, target)
                where p.lane = t.lane and p.seq = t.seq
                returning p.lane, p.seq, p.event_id, p.expanded_to, p.named, t.target
            )
            insert into held_events (target, lane, seq, event_id, expanded_to, named)
            select target, lane, seq, event_id, expanded_to, named from gone
            """;
    /// Every target of what is held has a row in `stops`. One that is stopped again gives what was discarded before.
    private static final String FREE = """
            select l.id, first.target, first.seq,
                   not exists (select 1 from pending_events p where p.lane = l.id and p.seq <= first.seq)
            from stops s cross join lanes l cross join lateral (
                select target, seq from held_events h where h.target = s.target and h.lane = l.id
                order by seq limit 1) first
            where s.stopped_at is null or first.seq <= s.discarded_through
            order by first.seq
            """;
    private static final String RETURN = """
            with due as (
                select h.target, h.lane, h.seq from held_events h join stops s on s.target = h.target
                where h.target = ? and h.lane = ? and (s.stopped_at is null or h.seq <= s.discarded_through)
                order by h.seq limit ?
            ), gone as (
                delete from held_events h using due
                where h.target = due.target and h.lane = due.lane and h.seq = due.seq
                returning h.lane, h.seq, h.event_id, h.expanded_to, h.named
            )
            insert into pending_events (lane, seq, event_id, expanded_to, named) overriding system value
            select lane, seq, event_id, expanded_to, named from gone order by seq
            """;

    /// A claimed event that is not to be dispatched now, and the stop that holds it.
    record Hold(ClaimedEvent event, StopTarget target) {}

    /// A lane, and a stop that held something of it and does so no more.
    ///
    /// @param isNext whether nothing that was accepted before waits in the lane
    record Free(int lane, String target, boolean isNext) {}

    /// The place of the first held event, by lane and target.
    record Firsts(Map<String, Long> places) {
        static final Firsts NONE = new Firsts(Map.of());

        /// Whether one of that category that is held comes before it.
        boolean isBehind(int lane, long seq, StopTarget target) {
            Long first = places.get(lane + " " + target.label());
            return first != null && first < seq;
        }
    }

    Firsts firsts(Connection connection, List<Integer> lanes) throws SQLException {
        try (PreparedStatement first = connection.prepareStatement(FIRST)) {
            first.setArray(1, connection.createArrayOf("int2", lanes.toArray()));
            var places = new HashMap<String, Long>();
            try (ResultSet row = first.executeQuery()) {
                while (row.next()) {
                    places.put(row.getInt(1) + " " + row.getString(2), row.getLong(3));
                }
            }
            return new Firsts(places);
        }
    }

    /// Moves claimed events out of their lanes.
    void hold(Connection connection, List<Hold> held) throws SQLException {
        if (held.isEmpty()) {
            return;
        }
        try (PreparedStatement hold = connection.prepareStatement(HOLD)) {
            new ArrayColumns(hold)
                    .add("int2", Short[]::new, held, h -> (short) h.event.lane())
                    .add("int8", Long[]::new, held, h -> h.event.seq())
                    .add("text", String[]::new, held, h -> h.target.label());
            hold.executeUpdate();
        }
    }

    /// What no stop holds any more.
    List<Free> free(Connection connection) throws SQLException {
        try (PreparedStatement free = connection.prepareStatement(FREE);
                ResultSet row = free.executeQuery()) {
            var found = new ArrayList<Free>();
            while (row.next()) {
                found.add(new Free(row.getInt(1), row.getString(2), row.getBoolean(4)));
            }
            return found;
        }
    }

    /// Puts the first ones back to their places.
    ///
    /// @return how many
    int giveBack(Connection connection, Free free, int limit) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("select id from lanes where id = ? for update")) {
            lock.setInt(1, free.lane);
            lock.executeQuery().close();
        }
        try (PreparedStatement back = connection.prepareStatement(RETURN)) {
            back.setString(1, free.target);
            back.setInt(2, free.lane);
            back.setInt(3, limit);
            return back.executeUpdate();
        }
    }
}
