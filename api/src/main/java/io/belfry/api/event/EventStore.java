package io.belfry.api.event;

import io.belfry.core.database.DatabaseFault;
import io.belfry.core.event.Appended;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends a group to the log so that no event of it ever hurts its neighbours: a group that the database refuses is
/// halved until what it refuses is alone, and so is one that has to wait for an idempotency key that another
/// transaction holds. While the database is away the whole group is given up at once, since each further try would cost
/// a time-out. Thread-safe; blocks on the database.
@Singleton
class EventStore {
    private static final Logger LOG = LoggerFactory.getLogger(EventStore.class);
    /// Once a key was waited for, the parts of its group only look whether they are free of it.
    private static final Duration SECOND_LOOK = Duration.ofMillis(50);

    private final EventLog log;
    private final IntakeSettings settings;

    EventStore(EventLog log, IntakeSettings settings) {
        this.log = log;
        this.settings = settings;
    }

    /// @return what became of each event, in their order; empty where that is not known
    List<Optional<Appended>> append(List<NewEvent> events) {
        var outcomes = new ArrayList<>(unknown(events));
        append(events, outcomes, settings.inFlightWait());
        return outcomes;
    }

    static List<Optional<Appended>> unknown(List<NewEvent> events) {
        return Collections.nCopies(events.size(), Optional.empty());
    }

    /// @return false when the database is away
    private boolean append(List<NewEvent> events, List<Optional<Appended>> outcomes, Duration keyWait) {
        try {
            List<Appended> appended = log.append(events, keyWait);
            for (int i = 0; i < appended.size(); i++) {
                outcomes.set(i, Optional.of(appended.get(i)));
            }
            return true;
        } catch (SQLException | RuntimeException e) {
            boolean inFlight = DatabaseFault.isLockTimeout(e);
            if (!inFlight && DatabaseFault.isPassing(e)) {
                LOG.warn("{} event(s) could not be stored: {}", events.size(), e.getMessage());
                return false;
            }
            if (events.size() > 1) {
                int half = events.size() / 2;
                Duration wait = inFlight ? SECOND_LOOK : keyWait;
                return append(events.subList(0, half), outcomes.subList(0, half), wait)
                        && append(events.subList(half, events.size()), outcomes.subList(half, events.size()), wait);
            }
            if (inFlight) {
                outcomes.set(0, Optional.of(new Appended.InFlight()));
            } else {
                LOG.warn("An event could not be stored: {}", e.getMessage());
            }
            return true;
        }
    }
}
