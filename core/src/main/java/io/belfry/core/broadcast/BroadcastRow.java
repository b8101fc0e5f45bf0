package io.belfry.core.broadcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.event.Priority;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/// A row of the table `broadcasts`, read and written.
final class BroadcastRow {
    static final String COLUMNS = """
            id, state, audience, contents, category, priority, created_by, created_at, revision, updated_at, test_of,
            started_by, started_at, finished_at, valid_until, audience_size, waves, waves_done,
            next_wave_at, starts_at, time_zone, canary_buckets, canary_pause_ms, authors, approved_by, held,
            push_state, push_total, push_accepted, push_failed, push_skipped
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    private BroadcastRow() {}

    static Broadcast read(ResultSet row) throws SQLException {
        long size = row.getLong("audience_size");
        OptionalLong audienceSize = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(size);
        return new Broadcast(
                row.getObject("id", UUID.class),
                BroadcastState.ofLabel(row.getString("state")),
                audience(row.getString("audience")),
                Announcements.contents(row.getString("contents")),
                row.getString("category"),
                Priority.ofCode(row.getInt("priority")),
                row.getString("created_by"),
                row.getTimestamp("created_at").toInstant(),
                row.getInt("revision"),
                row.getTimestamp("updated_at").toInstant(),
                Optional.ofNullable(row.getObject("test_of", UUID.class)),
                Optional.ofNullable(row.getString("started_by")),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                instant(row, "valid_until"),
                audienceSize,
                row.getInt("waves"),
                row.getInt("waves_done"),
                instant(row, "next_wave_at"),
                release(row),
                Set.copyOf(Arrays.asList((String[]) row.getArray("authors").getArray())),
                Optional.ofNullable(row.getString("approved_by")),
                Optional.ofNullable(row.getString("held")),
                new Broadcast.PushProgress(
                        row.getString("push_state"),
                        row.getLong("push_total"),
                        row.getLong("push_accepted"),
                        row.getLong("push_failed"),
                        row.getLong("push_skipped")));
    }

    private static Release release(ResultSet row) throws SQLException {
        int buckets = row.getInt("canary_buckets");
        long pause = row.getLong("canary_pause_ms");
        Optional<Duration> waits = row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(pause));
        return new Release(
                instant(row, "starts_at"),
                Optional.ofNullable(row.getString("time_zone")).map(ZoneId::of),
                buckets == 0 ? Optional.empty() : Optional.of(Release.Canary.ofBuckets(buckets, waits)));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }

    static String write(Audience audience) {
        ObjectNode json = JSON.createObjectNode();
        switch (audience) {
            case Audience.Everyone() -> json.put("kind", "everyone");
            case Audience.Topic(String topic) -> json.put("kind", "topic").put("topic", topic);
            case Audience.Segment(String segment) -> json.put("kind", "segment").put("segment", segment);
            case Audience.Users(var users) ->
                users.forEach(json.put("kind", "users").putArray("users")::add);
        }
        return json.toString();
    }

    static String write(Map<String, Content> contents) {
        try {
            return JSON.writeValueAsString(contents);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Audience audience(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            return switch (node.path("kind").asText()) {
                case "everyone" -> new Audience.Everyone();
                case "topic" -> new Audience.Topic(node.path("topic").asText());
                case "segment" -> new Audience.Segment(node.path("segment").asText());
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
}
