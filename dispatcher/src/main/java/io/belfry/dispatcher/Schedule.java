package io.belfry.dispatcher;

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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts events that were to be delivered later into their lanes when they are due. Every dispatcher does it: what one
/// has in hand, the others pass over.
@Context
final class Schedule {
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
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
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("schedule").factory());
    private boolean isFailing;

    Schedule(Jdbi jdbi, Signals signals, DispatcherSettings settings) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.settings = settings;
    }

    @PostConstruct
    void start() {
        long every = settings.schedulePoll().toMillis();
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            while (release() == settings.batchEvents()) {
                LOG.debug("More events are due");
            }
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.warn("Scheduled events wait, since the database failed: {}", e.getMessage());
            }
            isFailing = true;
        }
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
        thread.shutdownNow();
    }
}
