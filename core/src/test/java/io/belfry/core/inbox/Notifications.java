package io.belfry.core.inbox;

import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Writes notifications into inboxes, each of an event of its own.
final class Notifications {
    private final Jdbi jdbi;
    private final EventLog events;
    private final InboxWriter writer = new InboxWriter(new Superseding());

    Notifications(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.events = new EventLog(jdbi);
    }

    List<Written> write(String user, int count) throws SQLException {
        var batch = new ArrayList<NewEvent>();
        for (int i = 0; i < count; i++) {
            batch.add(event(user));
        }
        return write(batch, user, Optional.empty());
    }

    Written write(String user, Optional<String> collapseKey) throws SQLException {
        return write(List.of(event(user)), user, collapseKey).getFirst();
    }

    private List<Written> write(List<NewEvent> batch, String user, Optional<String> collapseKey) throws SQLException {
        events.append(batch);
        return jdbi.<List<Written>, SQLException>inTransaction(handle -> writer.write(
                handle.getConnection(),
                batch.stream().map(e -> notification(e, user, collapseKey)).toList(),
                List.of(user)));
    }

    /// As the dispatcher publishes it.
    InboxChange change(Written written) {
        NewNotification n = written.notification();
        var item = new InboxItem(
                n.id(),
                written.offset(),
                written.offset(),
                n.type(),
                n.category(),
                n.priority(),
                n.title(),
                n.body(),
                n.link(),
                "{}",
                InboxItem.State.NEW,
                false,
                n.collapseKey());
        return new InboxChange(written.offset(), InboxJson.notification(item, written.counts()));
    }

    private static NewEvent event(String user) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                new UUID(0, 1),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, user),
                "a.b",
                "general",
                Priority.NORMAL,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                "{}",
                Optional.empty());
    }

    private static NewNotification notification(NewEvent event, String user, Optional<String> collapseKey) {
        return new NewNotification(
                NotificationId.of(event.id(), user),
                user,
                event.id(),
                event.type(),
                event.category(),
                event.priority(),
                null,
                null,
                null,
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Suppress(SuppressionReason.NO_DEVICE)),
                Optional.empty(),
                collapseKey);
    }
}
