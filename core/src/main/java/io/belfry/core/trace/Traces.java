package io.belfry.core.trace;

import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxRules;
import io.belfry.core.receipt.Receipts;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Finds notifications and tells their way. Thread-safe; blocks on the database.
@Singleton
public final class Traces {
    private static final String HAS_RECEIPT = "exists (select 1 from receipts r where r.user_id = n.user_id"
            + " and r.received_offset >= n.created_offset)";

    /// So many notifications are looked at in one search.
    private static final int STRETCH = 20_000;

    private static final UUID FIRST = new UUID(0, 0);
    private static final UUID LAST = new UUID(-1, -1);

    private final Jdbi jdbi;
    private final Receipts receipts;

    public Traces(Jdbi jdbi, Receipts receipts) {
        this.jdbi = jdbi;
        this.receipts = receipts;
    }

    /// Which notifications to list; empty parts do not narrow.
    ///
    /// @param from accepted not before this moment
    /// @param to accepted before this moment
    /// @param before the last id of the page above
    public record Search(
            Optional<String> user,
            Optional<UUID> event,
            Optional<String> type,
            Optional<String> category,
            Optional<State> state,
            Optional<Instant> from,
            Optional<Instant> to,
            Optional<UUID> before,
            int limit) {
        /// Whether there may be many that it does not want between two that it does.
        private boolean isPicky() {
            return type.isPresent() || category.isPresent() || state.isPresent();
        }

        /// The newest of a user.
        public static Search of(String user, int limit) {
            return new Search(
                    Optional.of(user),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    limit);
        }
    }

    /// How far a notification has come. Each is in one of them.
    public enum State {
        /// Nobody proved yet to have it.
        WRITTEN(" and not %s and not " + HAS_RECEIPT),
        /// A device proved to have it.
        RECEIVED(" and not %s and " + HAS_RECEIPT),
        READ(" and %s");

        private final String condition;

        State(String condition) {
            this.condition = condition.formatted(InboxRules.read("n"));
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> ofLabel(String label) {
            for (State state : values()) {
                if (state.label().equals(label)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }
    }

    /// What a search found.
    ///
    /// @param lines newest first
    /// @param lookedBackTo where it stopped looking although fewer than asked for were found: a search with this as
    ///     `before` goes on from there
    public record Found(List<NotificationLine> lines, Optional<UUID> lookedBackTo) {}

    /// By event or by user it reads an index. By type, category or state alone it reads backwards, so many
    /// notifications that it is done in a moment, whatever there is.
    public Found find(Search search) {
        if (search.user().isPresent() || search.event().isPresent() || !search.isPicky()) {
            return new Found(search(search), Optional.empty());
        }
        Optional<UUID> end = jdbi.withHandle(h -> h.createQuery("""
                        select id from notifications where id < coalesce(cast(:before as uuid), '%s')
                            and id >= coalesce(uuid_floor(cast(:from as timestamptz)), '%s')
                            and id < coalesce(uuid_floor(cast(:to as timestamptz)), '%s')
                        order by id desc limit 1 offset :stretch
                        """.formatted(LAST, FIRST, LAST))
                .bind("before", search.before().orElse(null))
                .bind("from", search.from().map(Timestamp::from).orElse(null))
                .bind("to", search.to().map(Timestamp::from).orElse(null))
                .bind("stretch", STRETCH)
                .mapTo(UUID.class)
                .findOne());
        List<NotificationLine> lines = list(search, end);
        return new Found(lines, end.filter(e -> lines.size() < search.limit()));
    }

    /// Newest first.
    private List<NotificationLine> search(Search search) {
        return list(search, Optional.empty());
    }

    private List<NotificationLine> list(Search search, Optional<UUID> end) {
        StringBuilder where = new StringBuilder(" where true");
        search.user().ifPresent(u -> where.append(" and n.user_id = :user"));
        search.event()
                .ifPresent(e -> where.append(" and n.event_id = :event and n.id >= :first and n.id < :afterLast"));
        search.type().ifPresent(t -> where.append(" and n.type = :type"));
        search.category().ifPresent(c -> where.append(" and n.category = :category"));
        search.state().ifPresent(state -> where.append(state.condition));
        search.from().ifPresent(f -> where.append(" and n.id >= uuid_floor(:from)"));
        search.to().ifPresent(t -> where.append(" and n.id < uuid_floor(:to)"));
        search.before().ifPresent(b -> where.append(" and n.id < :before"));
        end.ifPresent(e -> where.append(" and n.id >= :end"));
        return jdbi.withHandle(h -> {
            var query = h.createQuery("""
                            select n.id, n.event_id, n.user_id, n.type, n.category, n.title,
                                   %s as read,
                                   %s as received, n.push
                            from notifications n join inboxes i using (user_id)
                            """.formatted(InboxRules.read("n"), HAS_RECEIPT) + where
                            + " order by n.id desc limit :limit")
                    .bind("limit", search.limit());
            search.user().ifPresent(u -> query.bind("user", u));
            search.type().ifPresent(t -> query.bind("type", t));
            search.before().ifPresent(b -> query.bind("before", b));
            end.ifPresent(e -> query.bind("end", e));
            search.event().ifPresent(e -> query.bind("event", e)
                    .bind("first", EventId.first(e))
                    .bind("afterLast", EventId.afterLast(e)));
            search.category().ifPresent(c -> query.bind("category", c));
            search.from().ifPresent(f -> query.bind("from", Timestamp.from(f)));
            search.to().ifPresent(t -> query.bind("to", Timestamp.from(t)));
            return query.map((row, c) -> new NotificationLine(
                            row.getObject(1, UUID.class),
                            row.getObject(2, UUID.class),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getBoolean(7),
                            row.getBoolean(8),
                            row.getString(9)))
                    .list();
        });
    }

    public Optional<NotificationTrace> of(UUID notification) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select n.id, n.event_id, n.user_id, n.created_offset, n.type, n.category, n.priority, n.title, n.body,
                               n.link, e.data, e.actor, e.accepted_at, n.written_at,
                               %s, %s, n.push, t.due_at, t.attempts, n.live, n.deferral,
                               n.deferred_until, n.place, n.snoozed_until, n.returned_at, n.acknowledged_at, n.edited_at,
                               n.recalled_at
                        from notifications n
                        join events e on e.id = n.event_id
                        join inboxes i on i.user_id = n.user_id
                        left join push_timers t on t.user_id = n.user_id and t.created_offset = n.created_offset
                        where n.id = :id
                        """.formatted(InboxRules.read("n"), InboxRules.seen("n")))
                .bind("id", notification)
                .map((row, c) -> trace(h, row))
                .findOne()
                .or(() -> unlisted(h, notification)));
    }

    private static Optional<NotificationTrace> unlisted(Handle h, UUID notification) {
        return h.createQuery("""
                        select n.id, n.event_id, n.user_id, n.type, n.category, n.priority, n.reason, e.data, e.actor,
                               e.accepted_at, n.decided_at
                        from unlisted_notifications n join events e on e.id = n.event_id
                        where n.id = :id
                        """)
                .bind("id", notification)
                .map((row, c) -> unlisted(row))
                .findOne();
    }

    private static NotificationTrace unlisted(ResultSet row) throws SQLException {
        String reason = row.getString(7);
        return new NotificationTrace(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                0,
                row.getString(4),
                row.getString(5),
                Priority.ofCode(row.getInt(6)),
                null,
                null,
                null,
                row.getString(8),
                Optional.ofNullable(row.getString(9)),
                row.getTimestamp(10).toInstant(),
                row.getTimestamp(11).toInstant(),
                false,
                false,
                new NotificationTrace.Decided(reason, reason, reason, Optional.empty()),
                NotificationTrace.Later.NOTHING,
                Optional.empty(),
                List.of(),
                List.of());
    }

    private NotificationTrace trace(Handle h, ResultSet row) throws SQLException {
        UUID id = row.getObject(1, UUID.class);
        String user = row.getString(3);
        Optional<Timestamp> due = Optional.ofNullable(row.getTimestamp(18));
        int attempts = row.getInt(19);
        return new NotificationTrace(
                id,
                row.getObject(2, UUID.class),
                user,
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                Priority.ofCode(row.getInt(7)),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                Optional.ofNullable(row.getString(12)),
                row.getTimestamp(13).toInstant(),
                row.getTimestamp(14).toInstant(),
                row.getBoolean(15),
                row.getBoolean(16),
                decided(row),
                later(row),
                due.map(at -> new NotificationTrace.Timer(at.toInstant(), attempts)),
                receipts.of(user),
                attempts(h, id, user));
    }

    private static NotificationTrace.Decided decided(ResultSet row) throws SQLException {
        Timestamp until = row.getTimestamp(22);
        return new NotificationTrace.Decided(
                NotificationTrace.Decided.SEND,
                Optional.ofNullable(row.getString(20)).orElse(NotificationTrace.Decided.SEND),
                row.getString(17),
                until == null
                        ? Optional.empty()
                        : Optional.of(new NotificationTrace.Deferral(row.getString(21), until.toInstant())));
    }

    private static NotificationTrace.Later later(ResultSet row) throws SQLException {
        return new NotificationTrace.Later(
                Optional.ofNullable(row.getString(23)),
                time(row, 24),
                time(row, 25),
                time(row, 26),
                time(row, 27),
                time(row, 28));
    }

    private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static List<NotificationTrace.Attempt> attempts(Handle h, UUID id, String user) {
        return h.createQuery("""
                        select device_id, attempt, started_at, finished_at, outcome, detail from push_attempts
                        where subject_id = :id and user_id = :user order by id
                        """)
                .bind("id", id)
                .bind("user", user)
                .map((row, c) -> new NotificationTrace.Attempt(
                        row.getString(1),
                        row.getInt(2),
                        row.getTimestamp(3).toInstant(),
                        Optional.ofNullable(row.getTimestamp(4)).map(Timestamp::toInstant),
                        row.getString(5),
                        row.getString(6)))
                .list();
    }
}
