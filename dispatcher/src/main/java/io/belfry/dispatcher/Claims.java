package io.belfry.dispatcher;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.EventOptionsJson;
import io.belfry.core.event.Priority;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.StopsInForce;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// Claims and finishes the events of lanes. All within the caller's transaction: the lock on a lane's row is the lease,
/// and ends with the connection of a dispatcher that dies. Stateless.
@Singleton
final class Claims {
    /// The lanes whose first events were accepted before those of the others: any other order starves some of them for
    /// as long as there is more work than is done.
    private static final String LOCK = """
            select l.id from lanes l
                cross join lateral (select seq from pending_events where lane = l.id order by seq limit 1) first
            where l.priority = ? and not (? and exists (
                select 1 from stops where target = 'bulk' and stopped_at is not null))
            order by first.seq limit ? for update of l skip locked
            """;
    /// As many as fill a batch of notifications, of which no lane may give more than its share.
    private static final String NEXT = """
            select p.lane, p.seq, p.event_id, p.expanded_to, e.type, e.category, e.priority, e.actor, e.topic,
                   e.recipients, e.data, e.options, %s, exists (select 1 from held_events), p.before + p.named
            from (
                select first.*, sum(first.named) over (order by first.seq) - first.named as before
                from unnest(?::int2[]) as held(id)
                    cross join lateral (
                        select * from pending_events where lane = held.id order by seq limit ?) first
            ) p join events e on e.id = p.event_id
            where p.before < ?
            order by p.seq
            """.formatted(StopsInForce.SQL);

    private final DispatcherSettings settings;
    private final HeldEvents heldEvents;
    private final Sandbox sandbox;

    Claims(DispatcherSettings settings, HeldEvents heldEvents, Sandbox sandbox) {
        this.settings = settings;
        this.heldEvents = heldEvents;
        this.sandbox = sandbox;
    }

    /// Events of some lanes, in the order of acceptance.
    ///
    /// @param lanes held until the transaction ends
    /// @param events to be dispatched
    /// @param held those that a stop holds
    /// @param share how many events a lane may give at most
    /// @param isFull whether there may be more: a lane gave all that it may, or all of them together did
    record Claim(
            List<Integer> lanes, List<ClaimedEvent> events, List<HeldEvents.Hold> held, int share, boolean isFull) {
        static final Claim NOTHING = new Claim(List.of(), List.of(), List.of(), 0, false);
    }

    /// Locks the lanes of this priority that have waited longest, of those that nobody else drains, and reads their
    /// first events.
    ///
    /// @param maxLanes with one alone there is more work for others at the same time; with all of them, events wait
    ///     for fewer transactions
    /// @param maxEvents of all lanes together, about
    Claim next(Connection connection, Priority priority, int maxLanes, int maxEvents) throws SQLException {
        List<Integer> held = lock(connection, priority, maxLanes);
        if (held.isEmpty()) {
            return Claim.NOTHING;
        }
        int share = Math.ceilDiv(maxEvents, held.size());
        Found found = first(connection, held, share);
        HeldEvents.Firsts firsts = found.isAnyHeld ? heldEvents.firsts(connection, held) : HeldEvents.Firsts.NONE;
        return found.sort(held, firsts, share, found.isFull(share, settings.batchRecipients()));
    }

    /// The first events of the lanes, and what was stopped when they were read: all of one moment, at which the lanes
    /// were held. With what was known a moment before, an event could overtake one that is held.
    private record Found(List<ClaimedEvent> events, StopsInForce stops, boolean isAnyHeld, long named) {
        boolean isFull(int share, int notifications) {
            return named >= notifications
                    || events.stream()
                            .collect(Collectors.groupingBy(ClaimedEvent::lane, Collectors.counting()))
                            .values()
                            .stream()
                            .anyMatch(count -> count >= share);
        }

        Claim sort(List<Integer> lanes, HeldEvents.Firsts firsts, int share, boolean isFull) {
            if (!isAnyHeld && !stops.concernsCategories()) {
                return new Claim(lanes, events, List.of(), share, isFull);
            }
            var going = new ArrayList<ClaimedEvent>();
            var held = new ArrayList<HeldEvents.Hold>();
            for (ClaimedEvent event : events) {
                var target = new StopTarget.Category(event.category());
                boolean isDiscarded = event.passage() == Circumstances.Passage.STOPPED;
                if (!isDiscarded && (stops.isStopped(target) || firsts.isBehind(event.lane(), event.seq(), target))) {
                    held.add(new HeldEvents.Hold(event, target));
                } else {
                    going.add(event);
                }
            }
            return new Claim(lanes, going, held, share, isFull);
        }
    }

    private static List<Integer> lock(Connection connection, Priority priority, int maxLanes) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setInt(1, priority.code());
            lock.setBoolean(2, priority == Priority.BULK);
            lock.setInt(3, maxLanes);
            var lanes = new ArrayList<Integer>();
            try (ResultSet row = lock.executeQuery()) {
                while (row.next()) {
                    lanes.add(row.getInt(1));
                }
            }
            return lanes;
        }
    }

    /// A statement of its own: what another dispatcher did before it let a lane go is seen by later statements only.
    private Found first(Connection connection, List<Integer> lanes, int share) throws SQLException {
        try (PreparedStatement next = connection.prepareStatement(NEXT)) {
            next.setArray(1, connection.createArrayOf("int2", lanes.toArray()));
            next.setInt(2, share);
            next.setInt(3, settings.batchRecipients());
            var events = new ArrayList<ClaimedEvent>();
            StopsInForce stops = StopsInForce.NONE;
            boolean isAnyHeld = false;
            long named = 0;
            try (ResultSet row = next.executeQuery()) {
                while (row.next()) {
                    if (events.isEmpty()) {
                        stops = StopsInForce.parse(row.getString(13));
                        isAnyHeld = row.getBoolean(14);
                    }
                    events.add(event(row, stops));
                    named = row.getLong(15);
                }
            }
            return new Found(events, stops, isAnyHeld, named);
        }
    }

    private ClaimedEvent event(ResultSet row, StopsInForce stops) throws SQLException {
        EventOptions options = EventOptionsJson.read(row.getString(12));
        boolean isDiscarded = stops.isDiscarded(Priority.ofCode(row.getInt(7)), row.getString(6), row.getLong(2));
        return new ClaimedEvent(
                row.getInt(1),
                row.getLong(2),
                row.getObject(3, UUID.class),
                row.getString(5),
                row.getString(6),
                Priority.ofCode(row.getInt(7)),
                Optional.ofNullable(row.getString(8)),
                Optional.ofNullable(row.getString(9)),
                List.of((String[]) row.getArray(10).getArray()),
                row.getString(11),
                options,
                Optional.ofNullable(row.getString(4)),
                isDiscarded ? Circumstances.Passage.STOPPED : Circumstances.Passage.of(sandbox, options.isTest()));
    }

    /// Takes what is not to be dispatched now out of its lane.
    void hold(Connection connection, Claim claim) throws SQLException {
        heldEvents.hold(connection, claim.held);
    }

    /// Takes what is done out of its lane, and notes how far audiences have come.
    void finish(Connection connection, Expansion.Batch batch) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "delete from pending_events where (lane, seq) in (select * from unnest(?::int2[], ?::int8[]))")) {
            new ArrayColumns(delete)
                    .add("int2", Short[]::new, batch.finished(), event -> (short) event.lane())
                    .add("int8", Long[]::new, batch.finished(), ClaimedEvent::seq);
            delete.executeUpdate();
        }
        for (Expansion.Unfinished rest : batch.unfinished()) {
            try (PreparedStatement update = connection.prepareStatement(
                    "update pending_events set expanded_to = ? where lane = ? and seq = ?")) {
                update.setString(1, rest.expandedTo());
                update.setInt(2, rest.event().lane());
                update.setLong(3, rest.event().seq());
                update.executeUpdate();
            }
        }
    }

    /// Takes an event that cannot be dispatched out of the way of those behind it, and keeps it for a person.
    void bury(Connection connection, ClaimedEvent event, String reason) throws SQLException {
        try (PreparedStatement bury = connection.prepareStatement("""
                with gone as (
                    delete from pending_events where lane = ? and seq = ? returning event_id, lane, expanded_to
                )
                insert into dead_letters (kind, subject_id, reason, lane, expanded_to)
                select 'event', event_id, ?, lane, expanded_to from gone
                """)) {
            bury.setInt(1, event.lane());
            bury.setLong(2, event.seq());
            bury.setString(3, reason);
            bury.executeUpdate();
        }
    }
}
