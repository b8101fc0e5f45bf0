package io.belfry.dispatcher.erasure;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Goes through the events of the past, a page at a time, and takes the users who were erased out of them: their id
/// becomes a pseudonym, and events that were for them alone lose their data. The row of the erasure is locked while a
/// page is worked on, so that one dispatcher at a time is at it, and the next goes on where one died. Thread-safe;
/// blocks on the database.
@Singleton
final class Past {
    private static final String NEXT = """
            select id, user_id, pseudonym, requested_at, scanned_to from erasures
            where finished_at is null and requested_at <= now() - :settle * interval '1 millisecond'
            order by requested_at limit 1 for update skip locked
            """;

    /// Up to a moment after the request, for clocks differ. The last event of the page comes with it, whether the
    /// person is in it or not.
    private static final String PAGE = """
            with page as materialized (
                select id, actor, topic, recipients, data,
                       actor is not distinct from :user or :user = any(recipients)
                           or strpos(data::text, '"' || :user || '"') > 0 as concerned
                from events
                where id > :after and id < uuid_floor(cast(:requested as timestamptz) + interval '1 second')
                order by id limit :page
            )
            select id, actor, topic, recipients, data, concerned from page
            where concerned or id = (select id from page order by id desc limit 1)
            order by id
            """;

    private static final String REPLACE = """
            update events e set actor = t.actor, recipients = string_to_array(t.recipients, ' '), data = t.data::json
            from unnest(cast(:ids as uuid[]), cast(:actors as text[]), cast(:recipients as text[]), cast(:data as text[]))
                as t(id, actor, recipients, data)
            where e.id = t.id
            """;

    /// What else names the person, and what a push or a receipt that was under way left behind.
    private static final List<String> REST = List.of(
            "update audit_log set subject = :pseudonym where subject = :user and (action like 'device.%' or action like 'user.%')",
            """
            update broadcasts set audience = jsonb_set(audience, '{users}', (
                select jsonb_agg(case when u = to_jsonb(cast(:user as text)) then to_jsonb(cast(:pseudonym as text)) else u end)
                from jsonb_array_elements(audience -> 'users') u))
            where audience ->> 'kind' = 'users' and audience -> 'users' @> to_jsonb(cast(:user as text))
            """,
            """
            delete from push_attempts a where user_id = :user
                and not exists (select 1 from notifications n where n.id = a.subject_id)
                and not exists (select 1 from broadcasts b where b.id = a.subject_id)
            """,
            """
            delete from unlisted_notifications
            where user_id = :user and decided_at < cast(:requested as timestamptz) + interval '1 second'
            """,
            // Those that a gateway saved late: in the inbox of a user of the same name they would prove what nobody
            // has.
            """
            delete from receipts
            where user_id = :user
                and (not exists (select 1 from users where id = :user)
                     or received_offset > coalesce((select head from inboxes where user_id = :user), 0))
            """,
            "delete from dead_letters where user_id = :user and at < cast(:requested as timestamptz)");

    private final Jdbi jdbi;
    private final ErasureSettings settings;

    Past(Jdbi jdbi, ErasureSettings settings) {
        this.jdbi = jdbi;
        this.settings = settings;
    }

    private record Open(UUID id, String user, String pseudonym, String requestedAt, UUID scannedTo) {}

    /// An event, as far as persons are in it.
    private record Line(
            UUID id,
            Optional<String> actor,
            Optional<String> topic,
            List<String> recipients,
            String data,
            boolean isConcerned) {
        Line without(String user, String pseudonym) {
            boolean forThemAlone = topic.isEmpty() && recipients.equals(List.of(user));
            return new Line(
                    id,
                    actor.map(a -> a.equals(user) ? pseudonym : a),
                    topic,
                    recipients.stream().map(r -> r.equals(user) ? pseudonym : r).toList(),
                    forThemAlone ? "{}" : PersonalData.without(data, user, pseudonym),
                    isConcerned);
        }
    }

    /// Works on a page.
    ///
    /// @return false when there is nothing to do, or others are at it
    boolean scrubNext() {
        return jdbi.inTransaction(h -> {
            Optional<Open> open = h.createQuery(NEXT)
                    .bind("settle", settings.settle().toMillis())
                    .map((row, c) -> new Open(
                            row.getObject(1, UUID.class),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getObject(5, UUID.class)))
                    .findOne();
            open.ifPresent(erasure -> scrub(h, erasure));
            return open.isPresent();
        });
    }

    private void scrub(Handle h, Open erasure) {
        List<Line> page = page(h, erasure);
        if (page.isEmpty()) {
            finish(h, erasure);
            return;
        }
        List<Line> concerned = page.stream()
                .filter(Line::isConcerned)
                .map(line -> line.without(erasure.user, erasure.pseudonym))
                .toList();
        replace(h, concerned);
        h.createUpdate("update erasures set scanned_to = :to, events = events + :events where id = :id")
                .bind("to", page.getLast().id)
                .bind("events", concerned.size())
                .bind("id", erasure.id)
                .execute();
    }

    private List<Line> page(Handle h, Open erasure) {
        return h.createQuery(PAGE)
                .bind("user", erasure.user)
                .bind("after", erasure.scannedTo)
                .bind("requested", erasure.requestedAt)
                .bind("page", settings.page())
                .map((row, c) -> new Line(
                        row.getObject(1, UUID.class),
                        Optional.ofNullable(row.getString(2)),
                        Optional.ofNullable(row.getString(3)),
                        List.of((String[]) row.getArray(4).getArray()),
                        row.getString(5),
                        row.getBoolean(6)))
                .list();
    }

    private static void replace(Handle h, List<Line> lines) {
        if (lines.isEmpty()) {
            return;
        }
        h.createUpdate(REPLACE)
                .bindArray("ids", UUID.class, lines.stream().map(Line::id).toArray())
                .bindArray(
                        "actors",
                        String.class,
                        lines.stream().map(line -> line.actor.orElse(null)).toArray())
                .bindArray(
                        "recipients",
                        String.class,
                        lines.stream()
                                .map(line -> String.join(" ", line.recipients))
                                .toArray())
                .bindArray("data", String.class, lines.stream().map(Line::data).toArray())
                .execute();
    }

    private static void finish(Handle h, Open erasure) {
        Map<String, ?> values = Map.of(
                "user",
                erasure.user,
                "pseudonym",
                erasure.pseudonym,
                "requested",
                erasure.requestedAt,
                "id",
                erasure.id);
        REST.forEach(sql -> h.createUpdate(sql).bindMap(values).execute());
        h.createUpdate("update erasures set user_id = null, finished_at = now() where id = :id")
                .bind("id", erasure.id)
                .execute();
    }
}
