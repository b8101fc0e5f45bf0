package io.belfry.core.event;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// How much waits in the lanes. Thread-safe; blocks on the database.
@Singleton
public final class LaneLoads {
    /// Events of a lane are in the order in which they were accepted, so the first one is the oldest. One that was put
    /// off has waited since it was due, which is the time of its id.
    private static final String LOADS = """
            select l.priority, sum(w.waiting), bool_and(w.waiting < :limit), min(w.oldest)
            from lanes l cross join lateral (
                select count(*) as waiting, min(uuid_extract_timestamp(p.event_id)) as oldest
                from (select event_id from pending_events where lane = l.id order by seq limit :limit) p) w
            group by l.priority order by l.priority
            """;

    private final Jdbi jdbi;

    public LaneLoads(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What waits in the lanes of one priority.
    ///
    /// @param events that wait or are being written
    /// @param isExact whether that is all of them; else there are at least so many
    /// @param oldest since when the first of them waits; empty when none does
    public record Load(Priority priority, long events, boolean isExact, Optional<Instant> oldest) {}

    /// @param limit events of each lane that are counted at most, so that much that waits costs no more to count
    /// @return one for each priority, the most urgent first
    public List<Load> measure(int limit) {
        return jdbi.withHandle(h -> h.createQuery(LOADS)
                .bind("limit", limit)
                .map((row, c) -> new Load(
                        Priority.ofCode(row.getInt(1)),
                        row.getLong(2),
                        row.getBoolean(3),
                        Optional.ofNullable(row.getTimestamp(4)).map(Timestamp::toInstant)))
                .list());
    }
}
