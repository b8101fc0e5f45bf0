package io.belfry.core.timer;

import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.Inboxes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Notifications that their users snoozed, in `snoozes`. To postpone or cancel one is an act in the user's inbox, of
/// which all their devices hear.
@Singleton
final class SnoozeTable implements TimerTable {
    private static final String LISTING = """
            select t.notification_id as id, t.user_id, t.due_at, false as in_hand
            from snoozes t join notifications n on n.id = t.notification_id
            where n.place = 'snoozed' and
            """;

    private final Jdbi jdbi;
    private final Inboxes inboxes;

    SnoozeTable(Jdbi jdbi, Inboxes inboxes) {
        this.jdbi = jdbi;
        this.inboxes = inboxes;
    }

    @Override
    public TimerId.Source source() {
        return TimerId.Source.SNOOZE;
    }

    @Override
    public Map<TimerKind, Listing> listings() {
        return Map.of(TimerKind.SNOOZE, SnoozeTable::listing);
    }

    private static String listing(Set<Narrowing> narrowings, Past past) {
        var sql = new StringBuilder(LISTING);
        for (Narrowing narrowing : narrowings) {
            sql.append(
                    switch (narrowing) {
                        case USER -> "t.user_id = :user and ";
                        case EVENT ->
                            "t.notification_id >= :from and t.notification_id < :to and n.event_id = :event and ";
                        case SUBJECT -> "t.notification_id = :subject and ";
                    });
        }
        return sql.append(past.page("t.due_at", "t.notification_id")).toString();
    }

    @Override
    public TimerOutcome release(UUID notification) {
        boolean released = jdbi.withHandle(
                h -> h.createUpdate("""
                                update snoozes t set due_at = least(t.due_at, clock_timestamp()) from notifications n
                                where t.notification_id = :id and n.id = :id and n.place = 'snoozed'
                                """).bind("id", notification).execute() > 0);
        return released ? new TimerOutcome.Done() : new TimerOutcome.Missing();
    }

    @Override
    public TimerOutcome postpone(UUID notification, Instant until) {
        return act(notification, new InboxAct.Snooze(List.of(notification), until));
    }

    @Override
    public TimerOutcome cancel(UUID notification) {
        return act(notification, new InboxAct.Unsnooze(List.of(notification)));
    }

    private TimerOutcome act(UUID notification, InboxAct act) {
        Optional<String> user = jdbi.withHandle(
                h -> h.createQuery("select user_id from notifications where id = :id and place = 'snoozed'")
                        .bind("id", notification)
                        .mapTo(String.class)
                        .findOne());
        user.ifPresent(of -> inboxes.perform(of, act));
        return user.isPresent() ? new TimerOutcome.Done() : new TimerOutcome.Missing();
    }
}
