package io.belfry.dispatcher;

import io.belfry.core.event.Lanes;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets go of what stops held and hold no more: a batch of a lane at a time, the next when the lane has come to it, so
/// that others in the lane do not wait for all of it. What is to be done is read from the tables, so it does not matter
/// who ended a stop, or who died half-way. Every dispatcher does it; each step holds its lane.
@Context
final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /// While something is on its way back.
    private static final Duration STEP = Duration.ofMillis(20);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final String FREE_PUSHES = """
            update push_timers set held_for = null where ctid = any(array(
                select t.ctid from stops s cross join lateral (
                    select ctid from push_timers p where p.held_for = s.target order by due_at limit :limit
                    for update skip locked) t
                where s.stopped_at is null limit :limit))
            """;

    private final Jdbi jdbi;
    private final HeldEvents held;
    private final Signals signals;
    private final DispatcherSettings settings;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;

    Releases(Jdbi jdbi, HeldEvents held, Signals signals, DispatcherSettings settings) {
        this.jdbi = jdbi;
        this.held = held;
        this.signals = signals;
        this.settings = settings;
        this.thread = Thread.ofVirtual().name("releases").unstarted(this::work);
        signals.on(Signal.STOPS_CHANGED, work::release);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    private void work() {
        boolean failed = false;
        while (!stopping) {
            try {
                boolean more = events() | pushes();
                failed = false;
                if (work.tryAcquire((more ? STEP : POLL).toMillis(), TimeUnit.MILLISECONDS)) {
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                if (!failed) {
                    LOG.warn("What was held waits, since the database failed: {}", e.getMessage());
                }
                failed = true;
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /// @return whether there is more to let go of
    private boolean events() throws SQLException {
        List<HeldEvents.Free> free =
                jdbi.<List<HeldEvents.Free>, SQLException>withHandle(h -> held.free(h.getConnection()));
        for (HeldEvents.Free one : free) {
            if (one.isNext()) {
                int back = jdbi.<Integer, SQLException>inTransaction(
                        h -> held.giveBack(h.getConnection(), one, settings.batchEvents()));
                if (back > 0) {
                    signals.raise(Signal.eventsOf(Lanes.priorityOf(one.lane())));
                }
            }
        }
        return !free.isEmpty();
    }

    private boolean pushes() {
        int freed = jdbi.withHandle(h -> h.createUpdate(FREE_PUSHES)
                .bind("limit", settings.batchRecipients())
                .execute());
        if (freed > 0) {
            signals.raise(Signal.PUSH_DUE);
        }
        return freed > 0;
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(2));
    }
}
