package io.belfry.core.inbox;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Keeps why notifications are in no inbox. Stateless.
@Singleton
public final class UnlistedNotifications {
    private static final String WRITE = """
            insert into unlisted_notifications (id, user_id, event_id, type, category, priority, reason)
            select * from unnest(?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::text[], ?::int2[], ?::text[])
            """;

    /// Runs within the caller's transaction.
    ///
    /// @param batch those whose inbox is suppressed
    public void write(Connection connection, List<NewNotification> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            new ArrayColumns(write)
                    .add("uuid", UUID[]::new, batch, NewNotification::id)
                    .add("text", String[]::new, batch, NewNotification::userId)
                    .add("uuid", UUID[]::new, batch, NewNotification::eventId)
                    .add("text", String[]::new, batch, NewNotification::type)
                    .add("text", String[]::new, batch, NewNotification::category)
                    .add("int2", Short[]::new, batch, n -> (short) n.priority().code())
                    .add("text", String[]::new, batch, n -> reason(n).label());
            write.executeUpdate();
        }
    }

    private static SuppressionReason reason(NewNotification notification) {
        return switch (notification.decision().inbox()) {
            case Verdict.Suppress(SuppressionReason reason) -> reason;
            case Verdict.Send send -> throw listed(notification);
            case Verdict.Defer defer -> throw listed(notification);
        };
    }

    private static IllegalArgumentException listed(NewNotification notification) {
        return new IllegalArgumentException(
                "notification " + notification.id() + " (expected: one that is not listed)");
    }
}
