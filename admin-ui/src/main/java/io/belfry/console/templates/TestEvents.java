package io.belfry.console.templates;

import io.belfry.core.access.Operator;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.template.Sample;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Puts an operator's test into the log of events, where those of services are: from there on nothing tells it from any
/// other, so that what the test shows is what users get. Thread-safe; blocks on the database.
@Singleton
public final class TestEvents {
    private final EventLog log;
    private final Categories categories;
    private final Signals signals;
    private final Clock clock;

    TestEvents(EventLog log, Categories categories, Signals signals, Clock clock) {
        this.log = log;
        this.categories = categories;
        this.signals = signals;
        this.clock = clock;
    }

    /// @return the event's id, once it is durable
    public UUID send(String type, UserId user, Sample sample, Operator operator) throws SQLException {
        Category category = categories.ofType(type);
        NewEvent event = new NewEvent(
                EventId.mint(clock),
                operator.id(),
                Optional.empty(),
                sha256(sample.json()),
                Lanes.of(category.priority(), user.value()),
                type,
                category.id(),
                category.priority(),
                List.of(user.value()),
                Optional.empty(),
                Optional.empty(),
                sample.json(),
                Optional.empty());
        log.append(List.of(event));
        signals.raise(Signal.eventsOf(category.priority()));
        return event.id();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
