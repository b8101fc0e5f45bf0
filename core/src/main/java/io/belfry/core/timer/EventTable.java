package io.belfry.core.timer;

import io.belfry.core.event.EventId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Events that are to be delivered later, in `scheduled_events`.
@Singleton
final class EventTable implements TimerTable {
    /// Its identifier is of the time for which it was accepted; what comes of it is kept, and pushed, by that.
    static final Duration LONGEST = Duration.ofDays(14);

    private static final String LISTING =
            "select t.event_id as id, null::text as user_id, t.due_at, false as in_hand from scheduled_events t where ";

    private final Jdbi jdbi;

    EventTable(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public TimerId.Source source() {
        return TimerId.Source.EVENT;
    }

    @Override
    public Map<TimerKind, Listing> listings() {
        return Map.of(TimerKind.SCHEDULED, EventTable::listing);
    }

    private static String listing(Set<Narrowing> narrowings, Past past) {
        var sql = new StringBuilder(LISTING);
        for (Narrowing narrowing : narrowings) {
            sql.append(
                    switch (narrowing) {
                        case USER ->
                            "exists (select 1 from events e where e.id = t.event_id and :user = any(e.recipients)) and ";
                        case EVENT -> "t.event_id = :event and ";
                        case SUBJECT -> "t.event_id = :subject and ";
                    });
        }
        return sql.append(past.page("t.due_at", "t.event_id")).toString();
    }

    @Override
    public TimerOutcome release(UUID event) {
        return move(event, Instant.EPOCH);
    }

    @Override
    public TimerOutcome postpone(UUID event, Instant until) {
        Instant latest = EventId.acceptedAt(event).plus(LONGEST);
        return until.isAfter(latest)
                ? new TimerOutcome.TooLate("at most " + LONGEST.toDays() + " days after its time: " + latest)
                : move(event, until);
    }

    /// What is due already stays so.
    private TimerOutcome move(UUID event, Instant due) {
        return jdbi.withHandle(h -> h.createUpdate("""
                                update scheduled_events
                                set due_at = greatest(least(due_at, clock_timestamp()), cast(:due as timestamptz))
                                where event_id = :id
                                """)
                                .bind("due", due.toString())
                                .bind("id", event)
                                .execute())
                        > 0
                ? new TimerOutcome.Done()
                : new TimerOutcome.Missing();
    }

    /// The event's row is held first, as by all who cancel.
    @Override
    public TimerOutcome cancel(UUID event) {
        return jdbi.inTransaction(h -> {
            h.createQuery("select id from events where id = :id for update")
                    .bind("id", event)
                    .mapTo(UUID.class)
                    .findOne();
            int gone = h.createUpdate("delete from scheduled_events where event_id = :id")
                    .bind("id", event)
                    .execute();
            if (gone == 0) {
                return new TimerOutcome.Missing();
            }
            h.createUpdate("update events set cancelled_at = coalesce(cancelled_at, now()) where id = :id")
                    .bind("id", event)
                    .execute();
            return new TimerOutcome.Done();
        });
    }
}
