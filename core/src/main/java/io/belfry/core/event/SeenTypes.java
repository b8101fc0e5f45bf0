package io.belfry.core.event;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Which types services sent lately. Reads the newest events backwards, as many as the settings allow: there is no
/// index by type, which every insert would pay for. Thread-safe; blocks on the database.
@Singleton
public final class SeenTypes {
    private static final String COUNT = """
            select type, count(*), max(accepted_at), min(accepted_at)
            from (select type, accepted_at from events where id >= uuid_floor(:since) order by id desc limit :max) newest
            group by type order by type
            """;
    private static final String LATEST = """
            select id, accepted_at, data
            from (select id, accepted_at, type, data from events order by id desc limit :max) newest
            where type = :type limit 1
            """;

    private final Jdbi jdbi;
    private final SeenTypesSettings settings;
    private final Clock clock;

    public SeenTypes(Jdbi jdbi, SeenTypesSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.clock = clock;
    }

    /// One type: how many of its events were counted, and when the newest and the oldest of them came.
    public record Seen(String type, long events, Instant lastAt, Instant firstAt) {}

    /// @param types by name
    /// @param since all events since then were counted, and none before
    public record Lately(Map<String, Seen> types, Instant since) {
        public Optional<Seen> of(String type) {
            return Optional.ofNullable(types.get(type));
        }
    }

    /// An event as an example of its type.
    ///
    /// @param data the JSON object that the service sent
    public record Example(UUID eventId, Instant acceptedAt, String data) {}

    /// The types of the newest events, by name.
    public Lately lately() {
        Instant since = clock.instant().minus(settings.window());
        List<Seen> seen = jdbi.withHandle(h -> h.createQuery(COUNT)
                .bind("since", Timestamp.from(since))
                .bind("max", settings.maxEvents())
                .map((row, c) -> new Seen(
                        row.getString(1),
                        row.getLong(2),
                        row.getTimestamp(3).toInstant(),
                        row.getTimestamp(4).toInstant()))
                .list());
        boolean all = seen.stream().mapToLong(Seen::events).sum() < settings.maxEvents();
        var types = new LinkedHashMap<String, Seen>();
        seen.forEach(s -> types.put(s.type(), s));
        return new Lately(
                types,
                all
                        ? since
                        : seen.stream()
                                .map(Seen::firstAt)
                                .min(Instant::compareTo)
                                .orElse(since));
    }

    /// The newest event of a type, if there is one among the newest events.
    public Optional<Example> latest(String type) {
        return jdbi.withHandle(h -> h.createQuery(LATEST)
                .bind("max", settings.maxEvents())
                .bind("type", type)
                .map((row, c) -> new Example(
                        row.getObject(1, UUID.class), row.getTimestamp(2).toInstant(), row.getString(3)))
                .findOne());
    }
}
