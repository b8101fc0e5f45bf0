package io.belfry.dispatcher;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.database.DatabaseFault;
import io.belfry.core.decision.Decisions;
import io.belfry.core.decision.PushDecision;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.Written;
import io.belfry.core.template.Rendered;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that happens to a claimed batch, in order: claim, expand, decide, word, write, finish, commit, publish.
/// All but the last is one transaction, so an event is either still in its lane or wholly in the inboxes, whenever a
/// dispatcher dies. Thread-safe; blocks on the database and on Redis.
@Singleton
public class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Jdbi jdbi;
    private final DispatcherSettings settings;
    private final Lane lane;
    private final Expansion expansion;
    private final Readers readers;
    private final Wording wording;
    private final Categories categories;
    private final InboxWriter inboxes;
    private final Publisher publisher;
    private final Counter events;
    private final Counter notifications;
    private final Counter buried;

    Dispatcher(
            Jdbi jdbi,
            DispatcherSettings settings,
            Lane lane,
            Expansion expansion,
            Readers readers,
            Wording wording,
            Categories categories,
            InboxWriter inboxes,
            Publisher publisher,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.lane = lane;
        this.expansion = expansion;
        this.readers = readers;
        this.wording = wording;
        this.categories = categories;
        this.inboxes = inboxes;
        this.publisher = publisher;
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

    /// Dispatches the next batch of any lane of this priority.
    ///
    /// @return false when no lane of this priority has work that nobody else is at
    /// @throws SQLException when the batch failed; it is then as it was before
    public boolean dispatchNext(Priority priority) throws SQLException {
        return inLane(priority, settings.batchEvents(), this::process);
    }

    /// The same for a single event, after a batch failed: one that cannot be dispatched is set aside, so that it does
    /// not
    /// block its lane for ever.
    public boolean dispatchOneOrBury(Priority priority) throws SQLException {
        return inLane(priority, 1, this::processOrBury);
    }

    private interface Work {
        Done on(Connection connection, int lane, List<ClaimedEvent> claimed) throws SQLException;
    }

    private boolean inLane(Priority priority, int limit, Work work) throws SQLException {
        Optional<Done> done = jdbi.<Optional<Done>, SQLException>inTransaction(handle -> {
            Connection connection = handle.getConnection();
            OptionalInt held = lane.lock(connection, priority);
            return held.isEmpty()
                    ? Optional.empty()
                    : Optional.of(work.on(connection, held.getAsInt(), lane.next(connection, held.getAsInt(), limit)));
        });
        done.ifPresent(this::publish);
        return done.isPresent();
    }

    private Done process(Connection connection, int held, List<ClaimedEvent> claimed) throws SQLException {
        Expansion.Batch batch = expansion.expand(connection, claimed);
        List<Written> written = write(connection, batch.pairs());
        lane.finish(connection, held, batch);
        return new Done(batch, written);
    }

    private Done processOrBury(Connection connection, int held, List<ClaimedEvent> claimed) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            return process(connection, held, claimed);
        } catch (SQLException | RuntimeException e) {
            if (DatabaseFault.isPassing(e)) {
                throw e;
            }
            connection.rollback(before);
            for (ClaimedEvent event : claimed) {
                LOG.error("Event {} cannot be dispatched and is set aside", event.id(), e);
                lane.bury(connection, held, event, String.valueOf(e.getMessage()));
                buried.increment();
            }
            return new Done(new Expansion.Batch(List.of(), List.of(), Optional.empty()), List.of());
        }
    }

    private List<Written> write(Connection connection, List<Expansion.Pair> pairs) throws SQLException {
        if (pairs.isEmpty()) {
            return List.of();
        }
        Set<String> users = new HashSet<>();
        pairs.forEach(pair -> users.add(pair.user()));
        Map<String, Readers.Reader> known = readers.load(connection, users);
        Wording.OfBatch words = wording.ofBatch();
        var batch = new ArrayList<NewNotification>(pairs.size());
        for (Expansion.Pair pair : pairs) {
            batch.add(notification(pair.event(), known.get(pair.user()), words));
        }
        List<String> strangers = known.values().stream()
                .filter(reader -> !reader.isKnown())
                .map(Readers.Reader::id)
                .toList();
        return inboxes.write(connection, batch, strangers);
    }

    private NewNotification notification(ClaimedEvent event, Readers.Reader reader, Wording.OfBatch words) {
        Category category = categories.find(event.category()).orElseGet(() -> categories.ofType(event.type()));
        PushDecision push = Decisions.push(category, event.priority(), reader.devices());
        Rendered text = words.of(event, reader);
        return new NewNotification(
                NotificationId.of(event.id(), reader.id()),
                reader.id(),
                event.id(),
                event.type(),
                event.category(),
                event.priority(),
                text.title(),
                text.body(),
                text.link(),
                push.label(),
                delayMillis(push));
    }

    private static OptionalInt delayMillis(PushDecision push) {
        return switch (push) {
            case PushDecision.Planned planned ->
                OptionalInt.of((int) planned.delay().toMillis());
            case PushDecision.Suppressed suppressed -> OptionalInt.empty();
        };
    }

    private void publish(Done done) {
        events.increment(done.batch.finished().size());
        notifications.increment(done.written.size());
        Map<UUID, String> data = new HashMap<>();
        done.batch
                .pairs()
                .forEach(pair -> data.put(pair.event().id(), pair.event().data()));
        publisher.publish(done.written, data);
    }

    private record Done(Expansion.Batch batch, List<Written> written) {}
}
