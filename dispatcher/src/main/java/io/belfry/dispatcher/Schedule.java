package io.belfry.dispatcher;

import io.belfry.core.database.Rounds;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/// Puts events that were to be delivered later into their lanes when they are due. Every dispatcher does it: what one
/// has in hand, the others pass over.
@Context
final class Schedule {
    private static final String RELEASE = """
            with due as (
                select event_id from scheduled_events where due_at <= clock_timestamp()
                order by due_at limit :limit for update skip locked
            ), gone as (
                delete from scheduled_events s using due where s.event_id = due.event_id
                returning s.event_id, s.due_at, s.lane, s.named
            ), queued as (
                insert into pending_events (lane, event_id, named)
                select lane, event_id, named from gone order by due_at, event_id
            )
            select lane from gone
            """;

    private final Jdbi jdbi;
    private final Signals signals;
    private final DispatcherSettings settings;
    private final Rounds rounds;

    Schedule(Jdbi jdbi, Signals signals, DispatcherSettings settings) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.settings = settings;
        this.rounds = new Rounds(
                "schedule", "Scheduled events", settings.schedulePoll(), () -> release() == settings.batchEvents());
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    private int release() {
        List<Integer> lanes = jdbi.inTransaction(h -> h.createQuery(RELEASE)
                .bind("limit", settings.batchEvents())
                .mapTo(Integer.class)
                .list());
        Set<Priority> priorities = EnumSet.noneOf(Priority.class);
        lanes.forEach(lane -> priorities.add(Lanes.priorityOf(lane)));
        priorities.forEach(priority -> signals.raise(Signal.eventsOf(priority)));
        return lanes.size();
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
