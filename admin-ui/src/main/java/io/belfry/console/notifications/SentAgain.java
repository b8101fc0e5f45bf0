package io.belfry.console.notifications;

import io.belfry.core.access.Operator;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.trace.AcceptedEvent;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Puts an event into the log once more, for one of those whom it was for. It is an event of its own, decided and
/// rendered as any other; a test stays a test. Thread-safe; blocks on the database.
@Singleton
final class SentAgain {
    private final EventLog log;
    private final Signals signals;
    private final Clock clock;

    SentAgain(EventLog log, Signals signals, Clock clock) {
        this.log = log;
        this.signals = signals;
        this.clock = clock;
    }

    /// @return the new event's id, once it is durable
    UUID to(String user, AcceptedEvent event, Operator operator) throws SQLException {
        NewEvent again = new NewEvent(
                EventId.mint(clock),
                operator.id(),
                Optional.empty(),
                sha256(event.data()),
                Lanes.of(event.priority(), user),
                event.type(),
                event.category(),
                event.priority(),
                List.of(user),
                Optional.empty(),
                event.actor().filter(actor -> !actor.equals(user)),
                event.data(),
                Optional.empty(),
                options(event.options()));
        log.append(List.of(again));
        signals.raise(Signal.eventsOf(event.priority()));
        return again.id();
    }

    /// When it was to be delivered, when it expired and what held it back were about the first time.
    private static EventOptions options(EventOptions first) {
        var again = new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                first.collapseKey(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return first.isTest() ? again.asTest() : again;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
