package io.belfry.core.broadcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Broadcasts as operators handle them. What is started is carried out by the dispatchers, which look at the state
/// before every wave. Thread-safe; blocks on the database.
@Singleton
public final class Broadcasts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COLUMNS = """
            id, state, audience, contents, category, priority, created_by, created_at, started_at, finished_at,
            valid_until, audience_size, waves, waves_done, push_state, push_total, push_accepted, push_failed, push_skipped
            """;

    private final Jdbi jdbi;
    private final Signals signals;

    public Broadcasts(Jdbi jdbi, Signals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
    }

    /// Keeps a broadcast as a draft; nothing is sent.
    public UUID create(NewBroadcast broadcast) {
        return jdbi.withHandle(h -> h.createQuery("""
                        insert into broadcasts (state, audience, contents, category, priority, created_by, valid_until, waves,
                                                push_state)
                        values ('draft', :audience::jsonb, :contents::jsonb, :category, :priority, :by, :until, :waves, :push)
                        returning id
                        """)
                .bind("audience", write(broadcast.audience()))
                .bind("contents", text(broadcast.contents()))
                .bind("category", broadcast.category())
                .bind("priority", broadcast.priority().code())
                .bind("by", broadcast.createdBy())
                .bind("until", broadcast.validUntil().map(Timestamp::from).orElse(null))
                .bind("waves", broadcast.waves())
                .bind("push", broadcast.push() == NewBroadcast.Push.ON ? "waiting" : "off")
                .mapTo(UUID.class)
                .one());
    }

    /// How many people an audience holds now.
    public long count(Audience audience) {
        return jdbi.withHandle(h -> switch (audience) {
            case Audience.Everyone() ->
                h.createQuery("select count(*) from users").mapTo(Long.class).one();
            case Audience.Topic(String topic) ->
                h.createQuery("select count(*) from topic_followers where topic = :topic")
                        .bind("topic", topic)
                        .mapTo(Long.class)
                        .one();
            case Audience.Users(List<String> users) ->
                (long) users.stream().distinct().toList().size();
        });
    }

    /// Starts a draft: its audience is fixed now.
    ///
    /// @return false when it is not a draft (it was started already, say)
    public boolean start(UUID id) {
        boolean started = jdbi.inTransaction(h -> {
            Optional<Broadcast> draft = find(h, id, " for update").filter(b -> b.state() == BroadcastState.DRAFT);
            draft.ifPresent(b -> {
                long size = snapshot(h, id, b.audience());
                h.createUpdate(
                                "update broadcasts set state = 'sending', started_at = now(), audience_size = :size where id = :id")
                        .bind("size", size)
                        .bind("id", id)
                        .execute();
            });
            return draft.isPresent();
        });
        signals.raise(Signal.BROADCASTS);
        return started;
    }

    private static long snapshot(Handle h, UUID id, Audience audience) {
        return switch (audience) {
            case Audience.Everyone() ->
                h.createQuery("select count(*) from users").mapTo(Long.class).one();
            case Audience.Topic(String topic) ->
                (long) h.createUpdate("""
                            insert into broadcast_audience (broadcast_id, user_id)
                            select :id, user_id from topic_followers where topic = :topic
                            """).bind("id", id).bind("topic", topic).execute();
            case Audience.Users(List<String> users) ->
                (long) h.createUpdate("""
                            insert into broadcast_audience (broadcast_id, user_id)
                            select distinct :id, u from unnest(:users) as t(u)
                            """)
                        .bind("id", id)
                        .bindArray("users", String.class, users.toArray())
                        .execute();
        };
    }

    /// Holds the waves and pushes that did not go out yet. When this returns, no further wave will come.
    public boolean pause(UUID id) {
        return move(
                id,
                "state = 'paused'",
                "(state = 'sending' or state = 'sent' and push_state in ('waiting', 'sending'))");
    }

    /// Goes on where it stopped; with the pushes, when all waves are out.
    public boolean resume(UUID id) {
        return move(id, "state = case when waves_done = waves then 'sent' else 'sending' end", "state = 'paused'");
    }

    /// Ends it for good; what was sent stays.
    public boolean cancel(UUID id) {
        return move(
                id,
                "state = 'cancelled', finished_at = now(), push_state = case when push_state = 'off' then 'off' else 'done' end",
                "(state in ('draft', 'sending', 'paused') or state = 'sent' and push_state in ('waiting', 'sending'))");
    }

    private boolean move(UUID id, String set, String when) {
        boolean moved =
                jdbi.withHandle(h -> h.createUpdate("update broadcasts set " + set + " where id = :id and " + when)
                                .bind("id", id)
                                .execute())
                        == 1;
        signals.raise(Signal.BROADCASTS);
        return moved;
    }

    public Optional<Broadcast> find(UUID id) {
        return jdbi.withHandle(h -> find(h, id, ""));
    }

    private static Optional<Broadcast> find(Handle h, UUID id, String suffix) {
        return h.createQuery("select " + COLUMNS + " from broadcasts where id = :id" + suffix)
                .bind("id", id)
                .map((row, c) -> broadcast(row))
                .findOne();
    }

    /// Newest first.
    ///
    /// @param before the last id of the page above; empty for the first page
    public List<Broadcast> list(Optional<UUID> before, int limit) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select " + COLUMNS
                                + " from broadcasts where cast(:before as uuid) is null or id < :before order by id desc limit :limit")
                .bindByType("before", before.orElse(null), UUID.class)
                .bind("limit", limit)
                .map((row, c) -> broadcast(row))
                .list());
    }

    private static Broadcast broadcast(ResultSet row) throws SQLException {
        long size = row.getLong(12);
        OptionalLong audienceSize = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(size);
        return new Broadcast(
                row.getObject(1, UUID.class),
                BroadcastState.ofLabel(row.getString(2)),
                audience(row.getString(3)),
                Announcements.contents(row.getString(4)),
                row.getString(5),
                Priority.ofCode(row.getInt(6)),
                row.getString(7),
                row.getTimestamp(8).toInstant(),
                Optional.ofNullable(row.getTimestamp(9)).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp(10)).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp(11)).map(Timestamp::toInstant),
                audienceSize,
                row.getInt(13),
                row.getInt(14),
                new Broadcast.PushProgress(
                        row.getString(15), row.getLong(16), row.getLong(17), row.getLong(18), row.getLong(19)));
    }

    private static String write(Audience audience) {
        ObjectNode json = JSON.createObjectNode();
        switch (audience) {
            case Audience.Everyone() -> json.put("kind", "everyone");
            case Audience.Topic(String topic) -> json.put("kind", "topic").put("topic", topic);
            case Audience.Users(List<String> users) ->
                users.forEach(json.put("kind", "users").putArray("users")::add);
        }
        return json.toString();
    }

    private static Audience audience(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            return switch (node.path("kind").asText()) {
                case "everyone" -> new Audience.Everyone();
                case "topic" -> new Audience.Topic(node.path("topic").asText());
                case "users" -> {
                    var users = new ArrayList<String>();
                    node.path("users").forEach(user -> users.add(user.asText()));
                    yield new Audience.Users(users);
                }
                default -> throw new IllegalStateException("audience of unknown kind in the database: " + json);
            };
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("audience in the database is not readable", e);
        }
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
