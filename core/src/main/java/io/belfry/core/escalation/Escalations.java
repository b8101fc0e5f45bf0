package io.belfry.core.escalation;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.event.EscalationRule;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventOptionsJson;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Notes what is to repeat itself, and hands over to the next what nobody acknowledged. Thread-safe; blocks on the
/// database.
@Singleton
public final class Escalations {
    private static final String REPEAT = """
            insert into repeats (notification_id, user_id, event_id, due_at, every_ms, rest)
            select id, user_id, event_id, clock_timestamp() + every_ms * interval '1 millisecond', every_ms, rest
            from unnest(?::uuid[], ?::text[], ?::uuid[], ?::int8[], ?::int2[]) as t(id, user_id, event_id, every_ms, rest)
            on conflict (notification_id) do nothing
            """;
    private static final String HAND_OVER = """
            insert into escalations (event_id, due_at, recipients)
            select id, clock_timestamp() + after_ms * interval '1 millisecond', string_to_array(recipients, ' ')
            from unnest(?::uuid[], ?::int8[], ?::text[]) as t(id, after_ms, recipients)
            on conflict (event_id) do nothing
            """;
    private static final String DUE = """
            with due as (
                select event_id, recipients from escalations where due_at <= clock_timestamp()
                order by due_at limit :limit for update skip locked
            ), gone as (
                delete from escalations e using due where e.event_id = due.event_id
            )
            select e.id, due.recipients, e.api_key_id, e.type, e.category, e.priority, e.data, e.options
            from due join events e on e.id = due.event_id
            where e.cancelled_at is null and not exists (
                select 1 from notifications n
                where n.id >= uuid_floor(uuid_extract_timestamp(e.id))
                    and n.id < uuid_floor(uuid_extract_timestamp(e.id) + interval '1 millisecond')
                    and n.event_id = e.id and n.acknowledged_at is not null)
            """;
    private static final String DELIVER = """
            with stored as (
                insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data, options)
                values (:id, now(), :key, :type, :category, :priority, :recipients, cast(:data as json),
                        cast(:options as json))
                returning id
            )
            insert into pending_events (lane, event_id, named) select :lane, id, :named from stored
            """;

    private final Jdbi jdbi;

    public Escalations(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// A notification that was written, and how it repeats itself.
    public record Alert(UUID notification, String user, UUID event, EscalationRule rule) {}

    /// Notes them. Runs within the transaction that writes the notifications.
    public void note(Connection connection, List<Alert> alerts) throws SQLException {
        if (alerts.isEmpty()) {
            return;
        }
        try (PreparedStatement repeat = connection.prepareStatement(REPEAT)) {
            new ArrayColumns(repeat)
                    .add("uuid", UUID[]::new, alerts, Alert::notification)
                    .add("text", String[]::new, alerts, Alert::user)
                    .add("uuid", UUID[]::new, alerts, Alert::event)
                    .add("int8", Long[]::new, alerts, alert -> alert.rule
                            .every()
                            .toMillis())
                    .add("int2", Short[]::new, alerts, alert -> (short) alert.rule.times());
            repeat.executeUpdate();
        }
        List<Alert> followed =
                alerts.stream().filter(alert -> alert.rule.next().isPresent()).toList();
        if (!followed.isEmpty()) {
            try (PreparedStatement follow = connection.prepareStatement(HAND_OVER)) {
                new ArrayColumns(follow)
                        .add("uuid", UUID[]::new, followed, Alert::event)
                        .add("int8", Long[]::new, followed, alert -> next(alert)
                                .after()
                                .toMillis())
                        .add(
                                "text",
                                String[]::new,
                                followed,
                                alert -> String.join(" ", next(alert).recipients()));
                follow.executeUpdate();
            }
        }
    }

    private static EscalationRule.Next next(Alert alert) {
        return alert.rule.next().orElseThrow();
    }

    /// Hands over events that nobody acknowledged in time: each becomes one for the next recipients, of the same
    /// content, which repeats itself likewise.
    ///
    /// @param limit of one transaction
    /// @return the priorities of the events that were made
    public Set<Priority> handOverDue(Instant now, int limit) {
        return jdbi.inTransaction(h -> {
            Set<Priority> priorities = EnumSet.noneOf(Priority.class);
            h.createQuery(DUE)
                    .bind("limit", limit)
                    .map((row, c) -> new Due(
                            List.of((String[]) row.getArray(2).getArray()),
                            row.getObject(3, UUID.class),
                            row.getString(4),
                            row.getString(5),
                            Priority.ofCode(row.getInt(6)),
                            row.getString(7),
                            EventOptionsJson.handedOver(row.getString(8))))
                    .list()
                    .forEach(due -> {
                        deliver(h, due, now);
                        priorities.add(due.priority);
                    });
            return priorities;
        });
    }

    private record Due(
            List<String> recipients,
            UUID apiKey,
            String type,
            String category,
            Priority priority,
            String data,
            String options) {}

    private static void deliver(Handle h, Due due, Instant now) {
        h.createUpdate(DELIVER)
                .bind("id", EventId.mint(now))
                .bind("key", due.apiKey)
                .bind("type", due.type)
                .bind("category", due.category)
                .bind("priority", due.priority.code())
                .bindArray("recipients", String.class, due.recipients.toArray())
                .bind("data", due.data)
                .bind("options", due.options)
                .bind("lane", Lanes.of(due.priority, due.recipients.getFirst()))
                .bind("named", due.recipients.size())
                .execute();
    }
}
