package io.belfry.core.digest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.belfry.core.database.ArrayColumns;
import io.belfry.core.event.DigestRule;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Gathers events into digests, one for each user, service, type and key. When one is due it becomes an event of its
/// own, in the transaction that ends it, and goes the way of all events: so nothing that was gathered is lost, told
/// twice, or told to another. Thread-safe; blocks on the database.
@Singleton
public final class Digests {
    /// Events that a digest shows; it counts all of them.
    public static final int MAX_ITEMS = 100;

    private static final int MAX_CHARACTERS = 100_000;
    private static final JsonFactory JSON = new JsonFactory();

    /// Digests are locked in the order of their keys, or two writers would deadlock. One that is just being ended is
    /// waited for, and followed by a new one. A window that nothing moves is over when it closes.
    private static final String GATHER = """
            insert into digests (user_id, api_key_id, type, key, category, priority, opened_at, due_at, closes_at, count)
            select user_id, api_key_id, type, key, category, priority, now.at,
                   now.at + window_ms * interval '1 millisecond', now.at + longest_ms * interval '1 millisecond', count
            from unnest(?::text[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::int2[], ?::int8[], ?::int8[], ?::int4[])
                    as t(user_id, api_key_id, type, key, category, priority, window_ms, longest_ms, count),
                (select cast(? as timestamptz)) as now(at)
            order by user_id, api_key_id, type, key
            on conflict (user_id, api_key_id, type, key) do update
                set count = digests.count + excluded.count, priority = least(digests.priority, excluded.priority),
                    due_at = greatest(digests.due_at, least(digests.closes_at, excluded.due_at))
            returning id, user_id, api_key_id, type, key
            """;
    private static final String ITEMS =
            "insert into digest_items (digest_id, event_id) select * from unnest(?::uuid[], ?::uuid[])";
    private static final String DUE = """
            select id, user_id, api_key_id, type, key, category, priority, opened_at, count from digests
            where due_at <= cast(:now as timestamptz) order by due_at, id limit :limit for update skip locked
            """;
    /// The newest of them, oldest first.
    private static final String SHOWN = """
            select id, actor, data, accepted_at from (
                select e.id, e.actor, e.data, e.accepted_at
                from digest_items i join events e on e.id = i.event_id
                where i.digest_id = :digest order by i.event_id desc limit :max
            ) newest order by id
            """;
    private static final String DELIVER = """
            with stored as (
                insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)
                values (:id, cast(:now as timestamptz), :key, :type, :category, :priority, array[:user], cast(:data as json))
                returning id
            )
            insert into pending_events (lane, event_id, named) select :lane, id, 1 from stored
            """;

    private final Jdbi jdbi;

    public Digests(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// An event for one of its recipients.
    public record Item(UUID event, String user, String category, Priority priority, DigestRule rule) {}

    private record Key(String user, UUID apiKey, String type, String key) {}

    /// Adds events to open digests, or opens some. Runs within the caller's transaction.
    ///
    /// @param items no (event, user) pair twice
    public void gather(Connection connection, List<Item> items, Instant now) throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        Map<UUID, UUID> apiKeys = apiKeys(connection, items);
        Map<Key, List<Item>> groups = new HashMap<>();
        for (Item item : items) {
            var key = new Key(
                    item.user,
                    apiKeys.get(item.event),
                    item.rule.type(),
                    item.rule.key().orElse(""));
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(item);
        }
        Map<Key, UUID> digests = open(connection, groups, now);
        var ids = new ArrayList<UUID>(items.size());
        var events = new ArrayList<UUID>(items.size());
        groups.forEach((key, group) -> group.forEach(item -> {
            ids.add(digests.get(key));
            events.add(item.event);
        }));
        try (PreparedStatement insert = connection.prepareStatement(ITEMS)) {
            new ArrayColumns(insert).add("uuid", UUID[]::new, ids, id -> id).add("uuid", UUID[]::new, events, id -> id);
            insert.executeUpdate();
        }
    }

    private static Map<UUID, UUID> apiKeys(Connection connection, List<Item> items) throws SQLException {
        var keys = new HashMap<UUID, UUID>();
        try (PreparedStatement find =
                connection.prepareStatement("select id, api_key_id from events where id = any(?::uuid[])")) {
            new ArrayColumns(find).add("uuid", UUID[]::new, items, Item::event);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    keys.put(row.getObject(1, UUID.class), row.getObject(2, UUID.class));
                }
            }
        }
        return keys;
    }

    private static Map<Key, UUID> open(Connection connection, Map<Key, List<Item>> groups, Instant now)
            throws SQLException {
        List<Map.Entry<Key, List<Item>>> all = List.copyOf(groups.entrySet());
        var digests = new HashMap<Key, UUID>();
        try (PreparedStatement gather = connection.prepareStatement(GATHER)) {
            gather.setString(10, now.toString());
            new ArrayColumns(gather)
                    .add("text", String[]::new, all, e -> e.getKey().user)
                    .add("uuid", UUID[]::new, all, e -> e.getKey().apiKey)
                    .add("text", String[]::new, all, e -> e.getKey().type)
                    .add("text", String[]::new, all, e -> e.getKey().key)
                    .add("text", String[]::new, all, e -> e.getValue().getLast().category)
                    .add("int2", Short[]::new, all, e -> mostUrgent(e.getValue()))
                    .add(
                            "int8",
                            Long[]::new,
                            all,
                            e -> e.getValue().getLast().rule.window().toMillis())
                    .add(
                            "int8",
                            Long[]::new,
                            all,
                            e -> e.getValue().getLast().rule.most().toMillis())
                    .add("int4", Integer[]::new, all, e -> e.getValue().size());
            try (ResultSet row = gather.executeQuery()) {
                while (row.next()) {
                    digests.put(
                            new Key(row.getString(2), row.getObject(3, UUID.class), row.getString(4), row.getString(5)),
                            row.getObject(1, UUID.class));
                }
            }
        }
        return digests;
    }

    private static Short mostUrgent(List<Item> items) {
        return (short)
                items.stream().mapToInt(item -> item.priority.code()).min().orElseThrow();
    }

    private record Due(
            UUID id,
            String user,
            UUID apiKey,
            String type,
            String key,
            String category,
            Priority priority,
            Instant openedAt,
            int count) {
        static Due of(ResultSet row) throws SQLException {
            return new Due(
                    row.getObject(1, UUID.class),
                    row.getString(2),
                    row.getObject(3, UUID.class),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    Priority.ofCode(row.getInt(7)),
                    row.getTimestamp(8).toInstant(),
                    row.getInt(9));
        }
    }

    /// What became of digests that were due.
    ///
    /// @param priorities of the events that they are now
    public record Ended(int digests, Set<Priority> priorities) {}

    /// Ends digests that are due and that nobody else is at.
    ///
    /// @param limit of one transaction
    public Ended endDue(Instant now, int limit) {
        return jdbi.inTransaction(h -> {
            List<Due> due = h.createQuery(DUE)
                    .bind("now", now.toString())
                    .bind("limit", limit)
                    .map((row, c) -> Due.of(row))
                    .list();
            Set<Priority> priorities = EnumSet.noneOf(Priority.class);
            for (Due digest : due) {
                deliver(h, digest, now);
                priorities.add(digest.priority);
            }
            h.createUpdate("delete from digests where id = any(:ids)")
                    .bindArray("ids", UUID.class, due.stream().map(Due::id).toArray())
                    .execute();
            return new Ended(due.size(), priorities);
        });
    }

    private static void deliver(Handle h, Due digest, Instant now) {
        h.createUpdate(DELIVER)
                .bind("id", EventId.mint(now))
                .bind("now", now.toString())
                .bind("key", digest.apiKey)
                .bind("type", digest.type)
                .bind("category", digest.category)
                .bind("priority", digest.priority.code())
                .bind("user", digest.user)
                .bind("data", data(h, digest))
                .bind("lane", Lanes.of(digest.priority, digest.user))
                .execute();
    }

    private record Shown(UUID event, Optional<String> actor, String data, Instant at) {}

    private static String data(Handle h, Due digest) {
        List<Shown> newest = h.createQuery(SHOWN)
                .bind("digest", digest.id)
                .bind("max", MAX_ITEMS)
                .map((row, c) -> new Shown(
                        row.getObject(1, UUID.class),
                        Optional.ofNullable(row.getString(2)),
                        row.getString(3),
                        row.getTimestamp(4).toInstant()))
                .list();
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("count", digest.count);
            json.writeStringField("openedAt", digest.openedAt.toString());
            if (!digest.key.isEmpty()) {
                json.writeStringField("key", digest.key);
            }
            json.writeArrayFieldStart("items");
            for (Shown one : fitting(newest)) {
                json.writeStartObject();
                json.writeStringField("eventId", one.event.toString());
                json.writeStringField("at", one.at.toString());
                if (one.actor.isPresent()) {
                    json.writeStringField("actor", one.actor.get());
                }
                json.writeFieldName("data");
                json.writeRawValue(one.data);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// The newest, as long as they fit an event.
    private static List<Shown> fitting(List<Shown> all) {
        int room = MAX_CHARACTERS;
        int first = all.size();
        while (first > 0 && all.get(first - 1).data.length() <= room) {
            first--;
            room -= all.get(first).data.length();
        }
        return all.subList(first, all.size());
    }
}
