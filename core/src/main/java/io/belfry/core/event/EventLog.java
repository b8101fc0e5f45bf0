package io.belfry.core.event;

import io.belfry.core.database.ArrayColumns;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Every accepted event, durable before its 202. One statement stores a whole group with its idempotency keys and its
/// places in the lanes. Thread-safe; blocks on the database.
@Singleton
public final class EventLog {
    private static final String LIMIT = "set local lock_timeout = %d;\n";

    /// Keys are inserted in order, so that two groups with the same keys cannot deadlock. A key that another
    /// transaction is just inserting makes this one wait for it, and then counts as known.
    private static final String APPEND = """
            with input as (
                select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::bytea[], ?::smallint[], ?::text[], ?::text[],
                                     ?::smallint[], ?::text[], ?::text[], ?::text[], ?::json[], ?::text[],
                                     ?::timestamptz[], ?::text[], ?::json[])
                    with ordinality
                    as t(id, api_key_id, key, body_hash, lane, type, category, priority, recipients, topic, actor,
                         data, traceparent, due_at, cancellation_key, options, position)
            ), keyed as (
                insert into idempotency_keys (api_key_id, key, body_hash, event_id, accepted_at)
                select api_key_id, key, body_hash, id, case when due_at is null then uuid_extract_timestamp(id) else now() end
                from input where key is not null
                order by api_key_id, key
                on conflict do nothing
                returning event_id
            ), stored as (
                insert into events (id, accepted_at, api_key_id, type, category, priority, actor, topic, recipients,
                                    data, traceparent, cancellation_key, options)
                select id, case when due_at is null then uuid_extract_timestamp(id) else now() end, api_key_id, type,
                       category, priority, actor, topic, string_to_array(recipients, ' '), data, traceparent,
                       cancellation_key, options
                from input where key is null or id in (select event_id from keyed)
                returning id, accepted_at
            ), queued as (
                insert into pending_events (lane, event_id, named)
                select lane, id, coalesce(cardinality(string_to_array(recipients, ' ')), 0) + 1
                from input where due_at is null and id in (select id from stored) order by position
            ), scheduled as (
                insert into scheduled_events (event_id, due_at, lane, named)
                select id, due_at, lane, coalesce(cardinality(string_to_array(recipients, ' ')), 0) + 1
                from input where due_at is not null and id in (select id from stored)
            )
            select id, accepted_at from stored
            """;

    private static final String KNOWN = """
            select k.api_key_id, k.key, k.body_hash, k.event_id, k.accepted_at
            from unnest(?::uuid[], ?::text[]) as t(api_key_id, key) join idempotency_keys k using (api_key_id, key)
            """;

    private final Jdbi jdbi;

    public EventLog(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Stores a group of events, and waits for keys as long as it takes.
    public List<Appended> append(List<NewEvent> group) throws SQLException {
        return append(group, Duration.ZERO);
    }

    /// Stores a group of events in one commit. When this returns, what it calls [Appended.Stored] survives a crash.
    ///
    /// @param keyWait how long to wait for another transaction that is just using an idempotency key of theirs;
    ///     zero waits for ever
    /// @return one outcome for each event, in their order
    /// @throws SQLException when the database refuses one of them, or a key was waited for in vain (see
    ///     [io.belfry.core.database.DatabaseFault#isLockTimeout]); then none is stored
    /// @throws org.jdbi.v3.core.ConnectionException when it cannot be reached
    public List<Appended> append(List<NewEvent> group, Duration keyWait) throws SQLException {
        return jdbi.<List<Appended>, SQLException>inTransaction(handle -> {
            Connection connection = handle.getConnection();
            var stored = store(connection, group, keyWait);
            List<NewEvent> rest =
                    group.stream().filter(e -> !stored.containsKey(e.id())).toList();
            Map<Key, Known> known = rest.isEmpty() ? Map.of() : known(connection, rest);
            return group.stream()
                    .map(e -> stored.containsKey(e.id())
                            ? new Appended.Stored(e.id(), stored.get(e.id()))
                            : outcome(e, known))
                    .toList();
        });
    }

    private static Appended outcome(NewEvent event, Map<Key, Known> known) {
        Known first = known.get(Key.of(event));
        if (first == null) {
            throw new IllegalStateException("event " + event.id() + " was neither stored nor known");
        }
        return Arrays.equals(first.bodyHash, event.bodyHash())
                ? new Appended.Replayed(first.eventId, first.acceptedAt)
                : new Appended.KeyReused(first.eventId);
    }

    private static Map<UUID, Instant> store(Connection connection, List<NewEvent> group, Duration keyWait)
            throws SQLException {
        var stored = new HashMap<UUID, Instant>();
        try (PreparedStatement append = connection.prepareStatement(LIMIT.formatted(keyWait.toMillis()) + APPEND)) {
            new ArrayColumns(append)
                    .add("uuid", UUID[]::new, group, NewEvent::id)
                    .add("uuid", UUID[]::new, group, NewEvent::apiKeyId)
                    .add("text", String[]::new, group, e -> e.idempotencyKey().orElse(null))
                    .add("bytea", byte[][]::new, group, NewEvent::bodyHash)
                    .add("int2", Short[]::new, group, e -> (short) e.lane())
                    .add("text", String[]::new, group, NewEvent::type)
                    .add("text", String[]::new, group, NewEvent::category)
                    .add("int2", Short[]::new, group, e -> (short) e.priority().code())
                    .add("text", String[]::new, group, e -> String.join(" ", e.recipients()))
                    .add("text", String[]::new, group, e -> e.topic().orElse(null))
                    .add("text", String[]::new, group, e -> e.actor().orElse(null))
                    .add("text", String[]::new, group, NewEvent::data)
                    .add("text", String[]::new, group, e -> e.traceparent().orElse(null))
                    .add("timestamptz", String[]::new, group, e -> e.options()
                            .deliverAt()
                            .map(Instant::toString)
                            .orElse(null))
                    .add("text", String[]::new, group, e -> e.options()
                            .cancellationKey()
                            .orElse(null))
                    .add("text", String[]::new, group, e -> EventOptionsJson.write(e.options()));
            // Two statements in one round trip: the limit has no rows, the append has.
            append.execute();
            append.getMoreResults();
            try (ResultSet rows = append.getResultSet()) {
                while (rows.next()) {
                    stored.put(
                            rows.getObject(1, UUID.class), rows.getTimestamp(2).toInstant());
                }
            }
        }
        return stored;
    }

    private static Map<Key, Known> known(Connection connection, List<NewEvent> rest) throws SQLException {
        var known = new HashMap<Key, Known>();
        try (PreparedStatement look = connection.prepareStatement(KNOWN)) {
            new ArrayColumns(look)
                    .add("uuid", UUID[]::new, rest, NewEvent::apiKeyId)
                    .add("text", String[]::new, rest, e -> e.idempotencyKey().orElse(null));
            try (ResultSet rows = look.executeQuery()) {
                while (rows.next()) {
                    known.put(
                            new Key(rows.getObject(1, UUID.class), rows.getString(2)),
                            new Known(
                                    rows.getBytes(3),
                                    rows.getObject(4, UUID.class),
                                    rows.getTimestamp(5).toInstant()));
                }
            }
        }
        return known;
    }

    private record Key(UUID apiKeyId, String key) {
        static Key of(NewEvent event) {
            return new Key(event.apiKeyId(), event.idempotencyKey().orElse(null));
        }
    }

    private record Known(byte[] bodyHash, UUID eventId, Instant acceptedAt) {}
}
