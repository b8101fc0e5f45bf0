package io.belfry.console.overview;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// What waits in the database. Every query stops counting at [#LIMIT] a lane: a page that is asked for every two
/// seconds must not become slow because much waits. Thread-safe; blocks on the database.
@Singleton
final class Backlog {
    private static final int LIMIT = 1_000;
    private static final int DEAD_LETTERS = 5;
    private static final Duration OVERDUE = Duration.ofSeconds(30);
    /// Events of a lane are in the order in which they were accepted, so the first one is the oldest.
    private static final String LANES = """
            select l.priority, sum(w.waiting), min(w.oldest)
            from lanes l cross join lateral (
                select count(*) as waiting, min(uuid_extract_timestamp(p.event_id)) as oldest
                from (select event_id from pending_events where lane = l.id order by seq limit :limit) p) w
            group by l.priority order by l.priority
            """;
    private static final String OVERDUE_PUSHES = """
            select count(*), min(due_at) from generate_series(0, 3) as p(priority) cross join lateral (
                select due_at from push_timers t where t.priority = p.priority and t.held_for is null and t.due_at < :before
                order by due_at limit :limit) d
            """;

    private final Jdbi jdbi;
    private final Clock clock;

    Backlog(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @param waiting not exact above the limit
    /// @param oldest when the first that waits was accepted; empty when none waits
    record Lane(int priority, long waiting, Optional<Instant> oldest) {
        Optional<Duration> lag(Clock clock) {
            return oldest.map(at -> Duration.between(at, clock.instant()));
        }

        String says() {
            return counted(waiting);
        }
    }

    List<Lane> lanes() {
        return jdbi.withHandle(h -> h.createQuery(LANES)
                .bind("limit", LIMIT)
                .map((row, c) -> new Lane(
                        row.getInt(1),
                        row.getLong(2),
                        Optional.ofNullable(row.getTimestamp(3)).map(Timestamp::toInstant)))
                .list());
    }

    record Overdue(long count, Instant oldest) {
        String says() {
            return count == 1 ? "1 push is" : counted(count) + " pushes are";
        }
    }

    /// Pushes that should have gone out a while ago.
    Optional<Overdue> overduePushes() {
        return jdbi.withHandle(h -> h.createQuery(OVERDUE_PUSHES)
                .bind("before", Timestamp.from(clock.instant().minus(OVERDUE)))
                .bind("limit", LIMIT)
                .map((row, c) -> row.getLong(1) == 0
                        ? Optional.<Overdue>empty()
                        : Optional.of(
                                new Overdue(row.getLong(1), row.getTimestamp(2).toInstant())))
                .one());
    }

    long deadLetters() {
        return count("select count(*) from dead_letters");
    }

    long runningBroadcasts() {
        return count("select count(*) from broadcasts where test_of is null and (state in ('sending', 'paused')"
                + " or state = 'sent' and push_state in ('waiting', 'sending'))");
    }

    /// What failed for good.
    ///
    /// @param subject the event, or the notification whose push failed
    record DeadLetter(String kind, UUID subject, Optional<String> user, String reason, Instant at) {
        public String link() {
            return kind.equals("event")
                    ? "/console/notifications?event=" + subject
                    : "/console/notifications/" + subject;
        }
    }

    List<DeadLetter> newestDeadLetters() {
        return jdbi.withHandle(h -> h.createQuery(
                        "select kind, subject_id, user_id, reason, at from dead_letters order by id desc limit :limit")
                .bind("limit", DEAD_LETTERS)
                .map((row, c) -> new DeadLetter(
                        row.getString(1),
                        row.getObject(2, UUID.class),
                        Optional.ofNullable(row.getString(3)),
                        row.getString(4),
                        row.getTimestamp(5).toInstant()))
                .list());
    }

    private long count(String query) {
        return jdbi.withHandle(h -> h.createQuery(query).mapTo(Long.class).one());
    }

    private static String counted(long count) {
        return String.format(Locale.ENGLISH, "%,d", count) + (count >= LIMIT ? " or more" : "");
    }
}
