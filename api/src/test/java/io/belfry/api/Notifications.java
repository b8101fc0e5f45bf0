package io.belfry.api;

import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What the dispatcher would write, since it does not run here.
public final class Notifications {
    private Notifications() {}

    /// Dispatches an event to users, a push planned for all but the first.
    ///
    /// @return the first user's notification
    public static UUID write(ApiNode api, UUID event, String... users) {
        api.jdbi().useTransaction(h -> {
            var batch = new ArrayList<NewNotification>();
            for (String user : users) {
                boolean first = user.equals(users[0]);
                batch.add(new NewNotification(
                        NotificationId.of(event, user),
                        user,
                        event,
                        "report.test",
                        "general",
                        Priority.NORMAL,
                        "A title",
                        null,
                        null,
                        new Decision(
                                Verdict.NOW,
                                Verdict.NOW,
                                first
                                        ? new Verdict.Suppress(SuppressionReason.NO_DEVICE)
                                        : new Verdict.Send(Duration.ofMillis(3_600_000)))));
            }
            try {
                api.bean(InboxWriter.class).write(h.getConnection(), batch, List.of(users));
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            h.createUpdate("delete from pending_events where event_id = :event")
                    .bind("event", event)
                    .execute();
        });
        return NotificationId.of(event, users[0]);
    }
}
