package io.belfry.core.trace;

import io.belfry.core.event.EventOptions;
import io.belfry.core.event.EventOptionsJson;
import io.belfry.core.event.Priority;
import io.belfry.core.topic.Topic;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Finds events as they were accepted. Thread-safe; blocks on the database.
@Singleton
public final class AcceptedEvents {
    private static final String FIND = """
            select type, category, priority, topic, actor, options, data, accepted_at, cancelled_at, :user = any(recipients),
                   coalesce((select seq from pending_events where event_id = :event),
                            (select seq from held_events where event_id = :event))
            from events where id = :event
            """;
    private static final String FOLLOWS =
            "select exists (select 1 from topic_followers where topic = any(:filters) and user_id = :user)";

    private final Jdbi jdbi;

    public AcceptedEvents(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param user whose tie to it is told
    public Optional<AcceptedEvent> find(UUID event, String user) {
        return jdbi.withHandle(h -> h.createQuery(FIND)
                .bind("event", event)
                .bind("user", user)
                .map((row, c) -> event(h, event, user, row))
                .findOne());
    }

    private static AcceptedEvent event(Handle h, UUID id, String user, ResultSet row) throws SQLException {
        Optional<String> topic = Optional.ofNullable(row.getString(4));
        Optional<String> actor = Optional.ofNullable(row.getString(5));
        EventOptions options = EventOptionsJson.read(row.getString(6));
        return new AcceptedEvent(
                id,
                row.getString(1),
                row.getString(2),
                Priority.ofCode(row.getInt(3)),
                topic,
                actor,
                options,
                row.getString(7),
                row.getTimestamp(8).toInstant(),
                instant(row.getTimestamp(9)),
                place(row),
                actor.filter(user::equals).isPresent()
                        ? AcceptedEvent.Tie.ACTOR
                        : tie(h, user, row.getBoolean(10), topic, options));
    }

    private static AcceptedEvent.Tie tie(
            Handle h, String user, boolean isNamed, Optional<String> topic, EventOptions options) {
        if (isNamed) {
            return AcceptedEvent.Tie.NAMED;
        }
        if (topic.filter(t -> follows(h, user, t)).isPresent()) {
            return AcceptedEvent.Tie.FOLLOWER;
        }
        return options.crowd().isNone() ? AcceptedEvent.Tie.NONE : AcceptedEvent.Tie.CROWD;
    }

    private static boolean follows(Handle h, String user, String topic) {
        return h.createQuery(FOLLOWS)
                .bindArray("filters", String.class, Topic.filtersOf(topic).toArray())
                .bind("user", user)
                .mapTo(Boolean.class)
                .one();
    }

    private static OptionalLong place(ResultSet row) throws SQLException {
        long place = row.getLong(11);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(place);
    }

    private static Optional<Instant> instant(Timestamp at) {
        return Optional.ofNullable(at).map(Timestamp::toInstant);
    }
}
