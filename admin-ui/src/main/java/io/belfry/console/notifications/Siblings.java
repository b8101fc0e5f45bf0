package io.belfry.console.notifications;

import io.belfry.core.event.EventId;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Counts what an act on an event touches, up to [#LIMIT]. Thread-safe; blocks on the database.
@Singleton
final class Siblings {
    static final int LIMIT = 10_000;

    private static final String OF_EVENT = """
            select count(*), count(*) filter (where exists (
                select 1 from push_timers t where t.user_id = n.user_id and t.created_offset = n.created_offset))
            from (select user_id, created_offset from notifications
                  where id >= :from and id < :to and event_id = :event and recalled_at is null limit :limit) n
            """;

    private final Jdbi jdbi;

    Siblings(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param pushes of them that wait
    record Count(long notifications, long pushes) {
        String says() {
            return number(notifications) + (notifications == 1 ? " notification" : " notifications");
        }

        String pushesSay() {
            return number(pushes) + (pushes == 1 ? " push" : " pushes");
        }

        private static String number(long count) {
            return String.format(Locale.ENGLISH, "%,d", count) + (count >= LIMIT ? " or more" : "");
        }
    }

    Count of(UUID event) {
        return jdbi.withHandle(h -> h.createQuery(OF_EVENT)
                .bind("from", EventId.first(event))
                .bind("to", EventId.afterLast(event))
                .bind("event", event)
                .bind("limit", LIMIT)
                .map((row, c) -> new Count(row.getLong(1), row.getLong(2)))
                .one());
    }
}
