package io.belfry.core.trace;

import io.belfry.core.event.EventId;
import io.belfry.core.inbox.InboxRules;
import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Who acknowledged an event, and who has not. Thread-safe; blocks on the database.
@Singleton
public final class Acknowledgements {
    private final Jdbi jdbi;

    public Acknowledgements(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Which of an event's notifications to list.
    public enum State {
        /// Not acknowledged, and not recalled.
        OPEN("n.acknowledged_at is null and n.place is distinct from 'recalled'"),
        ACKNOWLEDGED("n.acknowledged_at is not null");

        private final String condition;

        State(String condition) {
            this.condition = condition;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> ofLabel(String label) {
            for (State state : values()) {
                if (state.label().equals(label)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }
    }

    /// One recipient.
    ///
    /// @param received whether a device proved to have it
    public record Line(
            UUID notification, String user, boolean received, boolean read, Optional<Instant> acknowledgedAt) {}

    /// How many there are of each.
    public record Totals(long open, long acknowledged) {}

    /// In the order of notifications, which is none to people.
    ///
    /// @param after the last notification of the page before
    public List<Line> list(UUID event, State state, Optional<UUID> after, int limit) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select n.id, n.user_id,
                               exists (select 1 from receipts r where r.user_id = n.user_id
                                       and r.received_offset >= n.created_offset),
                               %s, n.acknowledged_at
                        from notifications n join inboxes i on i.user_id = n.user_id
                        where n.id >= :from and n.id < :to and n.id > :after and n.event_id = :event and %s
                        order by n.id limit :limit
                        """.formatted(InboxRules.read("n"), state.condition))
                .bind("event", event)
                .bind("from", EventId.first(event))
                .bind("to", EventId.afterLast(event))
                .bind("after", after.orElse(new UUID(0, 0)))
                .bind("limit", limit)
                .map((row, c) -> new Line(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant)))
                .list());
    }

    /// @return empty when there is no such event
    public Optional<Totals> totals(UUID event) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select count(n.id) filter (where %s), count(n.id) filter (where %s)
                        from events e left join notifications n
                            on n.id >= :from and n.id < :to and n.event_id = e.id
                        where e.id = :event group by e.id
                        """.formatted(State.OPEN.condition, State.ACKNOWLEDGED.condition))
                .bind("event", event)
                .bind("from", EventId.first(event))
                .bind("to", EventId.afterLast(event))
                .map((row, c) -> new Totals(row.getLong(1), row.getLong(2)))
                .findOne());
    }
}
