package io.belfry.dispatcher;

import io.belfry.core.database.DatabaseFault;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.UnlistedNotifications;
import io.belfry.core.inbox.Written;
import io.belfry.dispatcher.failpoint.Failpoint;
import io.belfry.dispatcher.failpoint.Failpoints;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that happens to a claimed batch, in order: claim, hold what is stopped, expand, decide, word, write,
/// finish, commit, publish. All but the last is one transaction, so an event is either still in its lane or wholly
/// in the inboxes, whenever a dispatcher dies. Thread-safe; blocks on the database and on Redis.
@Singleton
public class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Jdbi jdbi;
    private final DispatcherSettings settings;
    private final Claims claims;
    private final Expansion expansion;
    private final Gathering gathering;
    private final Preparation preparation;
    private final InboxWriter inboxes;
    private final UnlistedNotifications unlisted;
    private final Alerts alerts;
    private final Publisher publisher;
    private final Failpoints failpoints;
    private final Counter events;
    private final Counter notifications;
    private final Counter buried;

    Dispatcher(
            Jdbi jdbi,
            DispatcherSettings settings,
            Claims claims,
            Expansion expansion,
            Gathering gathering,
            Preparation preparation,
            InboxWriter inboxes,
            UnlistedNotifications unlisted,
            Alerts alerts,
            Publisher publisher,
            Failpoints failpoints,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.claims = claims;
        this.expansion = expansion;
        this.gathering = gathering;
        this.preparation = preparation;
        this.inboxes = inboxes;
        this.unlisted = unlisted;
        this.alerts = alerts;
        this.publisher = publisher;
        this.failpoints = failpoints;
        this.events = Counter.builder("belfry.events.dispatched")
                .description("Events whose notifications are all written")
                .register(metrics);
        this.notifications = Counter.builder("belfry.notifications.written")
                .description("Notifications written to inboxes")
                .register(metrics);
        this.buried = Counter.builder("belfry.events.dead")
                .description("Events that could not be dispatched and wait for a person")
                .register(metrics);
    }

    /// How much there was.
    public enum Progress {
        /// Nothing that nobody else is at.
        NOTHING,
        /// What was there is done.
        ALL,
        /// An audience goes on: there is more to do, in which nobody can help.
        AUDIENCE,
        /// There is more than fits one batch, which others can help with.
        QUEUE
    }

    /// Dispatches the next batch of lanes of this priority.
    ///
    /// @param maxLanes to hold at the same time
    /// @throws SQLException when the batch failed; it is then as it was before
    public Progress dispatchNext(Priority priority, int maxLanes) throws SQLException {
        return dispatch(priority, maxLanes, settings.batchEvents(), this::process);
    }

    /// The same for a single event, after a batch failed: one that cannot be dispatched is set aside, so that it does
    /// not block its lane for ever.
    public Progress dispatchOneOrBury(Priority priority) throws SQLException {
        return dispatch(priority, 1, 1, this::processOrBury);
    }

    private interface Work {
        Done on(Connection connection, Claims.Claim claim) throws SQLException;
    }

    private Progress dispatch(Priority priority, int maxLanes, int maxEvents, Work work) throws SQLException {
        Done done = jdbi.<Done, SQLException>inTransaction(handle -> {
            Connection connection = handle.getConnection();
            Claims.Claim claim = claims.next(connection, priority, maxLanes, maxEvents);
            if (claim.lanes().isEmpty()) {
                return Done.NOTHING;
            }
            failpoints.reached(Failpoint.EVENTS_CLAIMED);
            return work.on(connection, claim);
        });
        publish(done);
        return progress(done);
    }

    private Progress progress(Done done) {
        if (done.claim.lanes().isEmpty()) {
            return Progress.NOTHING;
        }
        if (!done.batch.unfinished().isEmpty()) {
            return Progress.AUDIENCE;
        }
        boolean more = done.batch.pairs().size() >= settings.batchRecipients() || done.claim.isFull();
        return more ? Progress.QUEUE : Progress.ALL;
    }

    private Done process(Connection connection, Claims.Claim claim) throws SQLException {
        claims.hold(connection, claim);
        Expansion.Batch batch = expansion.expand(connection, claim);
        failpoints.reached(Failpoint.AUDIENCE_EXPANDED);
        List<Written> written = write(connection, batch.pairs());
        claims.finish(connection, batch);
        failpoints.reached(Failpoint.INBOXES_WRITTEN);
        return new Done(claim, batch, written);
    }

    private Done processOrBury(Connection connection, Claims.Claim claim) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            return process(connection, claim);
        } catch (SQLException | RuntimeException e) {
            if (DatabaseFault.isPassing(e)) {
                throw e;
            }
            connection.rollback(before);
            for (ClaimedEvent event : claim.events()) {
                LOG.error("Event {} cannot be dispatched and is set aside", event.id(), e);
                claims.bury(connection, event, String.valueOf(e.getMessage()));
                buried.increment();
            }
            return new Done(claim, Expansion.Batch.NOTHING, List.of());
        }
    }

    private List<Written> write(Connection connection, List<Expansion.Pair> pairs) throws SQLException {
        if (pairs.isEmpty()) {
            return List.of();
        }
        List<Expansion.Pair> single = gathering.gather(connection, pairs);
        if (single.isEmpty()) {
            return List.of();
        }
        Preparation.Prepared prepared = preparation.prepare(connection, single);
        unlisted.write(connection, prepared.unlisted());
        List<Written> written = inboxes.write(connection, prepared.listed(), prepared.strangers());
        alerts.note(connection, single, written);
        return written;
    }

    private void publish(Done done) {
        if (done.written.isEmpty() && done.batch.finished().isEmpty()) {
            return;
        }
        failpoints.reached(Failpoint.INBOXES_COMMITTED);
        events.increment(done.batch.finished().size());
        notifications.increment(done.written.size());
        Map<UUID, String> data = new HashMap<>();
        done.batch
                .pairs()
                .forEach(pair -> data.put(pair.event().id(), pair.event().data()));
        publisher.publish(done.written, data);
    }

    private record Done(Claims.Claim claim, Expansion.Batch batch, List<Written> written) {
        static final Done NOTHING = new Done(Claims.Claim.NOTHING, Expansion.Batch.NOTHING, List.of());
    }
}
