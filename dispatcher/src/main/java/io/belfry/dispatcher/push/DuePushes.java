package io.belfry.dispatcher.push;

import io.belfry.core.database.ArrayColumns;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Recipients;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxRules;
import io.belfry.core.stop.StopTarget;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Claims due push timers under a lease, and records what came of them, many in one commit. A dispatcher that dies
/// leaves its claims to lapse and its tries as `sending`, which count as unclear: such a device is tried once more at
/// most. Thread-safe; blocks on the database.
@Singleton
final class DuePushes {
    private static final Duration LEASE = Duration.ofMinutes(2);
    /// What was claimed for the first time has no tries yet, and they are not looked for.
    private static final String CLAIM = """
            with due as (
                select user_id, created_offset, due_at from push_timers
                where priority = :priority and held_for is null and due_at <= clock_timestamp()
                order by due_at limit :limit for update skip locked
            ), claimed as (
                update push_timers t
                set claim = :claim, attempts = t.attempts + 1,
                    due_at = clock_timestamp() + :lease * interval '1 millisecond'
                from due where t.user_id = due.user_id and t.created_offset = due.created_offset
                returning t.user_id, t.created_offset, t.notification_id, t.priority, t.attempts, t.since,
                    due.due_at as was_due_at, t.retried_at, t.released_at
            )
            select c.user_id, c.created_offset, c.notification_id, c.priority, n.type, n.category, n.title, n.body,
                   n.link, i.unread, %s, %s,
                   coalesce((select max(received_offset) from receipts r where r.user_id = c.user_id), 0),
                   d.id, d.token, d.platform, coalesce(own.received_offset, 0),
                   coalesce(a.tries, 0), coalesce(a.unclear, 0), coalesce(a.settled, false), n.expires_at,
                   (select topic from events e where e.id = n.event_id and n.deferral is not null),
                   u.time_zone, p.settings, n.collapse_key,
                   case when n.created_offset = c.created_offset then n.place else 'snoozed' end, c.was_due_at,
                   c.since, c.released_at is not null
            from claimed c
            join notifications n on n.id = c.notification_id
            join inboxes i on i.user_id = c.user_id
            left join users u on u.id = c.user_id
            left join user_preferences p on p.user_id = c.user_id
            left join devices d on d.user_id = c.user_id
            left join receipts own on own.user_id = d.user_id and own.device_id = d.id
            left join lateral (
                select count(*) filter (where counts) as tries,
                       count(*) filter (where counts and outcome in ('sending', 'ambiguous')) as unclear,
                       bool_or(outcome in ('accepted', 'token_dead', 'rejected')) as settled
                from push_attempts
                    cross join lateral (select c.retried_at is null or id >= uuid_floor(c.retried_at)) as t (counts)
                where c.attempts > 1 and subject_id = c.notification_id and user_id = d.user_id and device_id = d.id
                    and (c.since is null or id >= uuid_floor(c.since))
            ) a on true
            """.formatted(InboxRules.read("n"), InboxRules.seen("n"));
    private static final String FINISH = """
            delete from push_timers p using unnest(?::text[], ?::int8[], ?::uuid[]) as t(user_id, created_offset, claim)
            where p.user_id = t.user_id and p.created_offset = t.created_offset and p.claim = t.claim
            """;
    /// As if it had not been claimed: it is due as it was, when the stop ends.
    private static final String HOLD = """
            update push_timers p
            set claim = null, due_at = t.due_at, held_for = t.held_for,
                attempts = case when t.tries = 0 then p.attempts - 1 else p.attempts end
            from unnest(?::text[], ?::int8[], ?::uuid[], ?::timestamptz[], ?::text[], ?::int4[])
                as t(user_id, created_offset, claim, due_at, held_for, tries)
            where p.user_id = t.user_id and p.created_offset = t.created_offset and p.claim = t.claim
            """;
    private static final String POSTPONE = """
            update push_timers p
            set claim = null, due_at = t.until, not_before = case when t.deferred then t.until else p.not_before end
            from unnest(?::text[], ?::int8[], ?::uuid[], ?::timestamptz[], ?::bool[])
                as t(user_id, created_offset, claim, until, deferred)
            where p.user_id = t.user_id and p.created_offset = t.created_offset and p.claim = t.claim
            """;
    /// What was decided anew, for the trace.
    private static final String NOTE = """
            update notifications n
            set push = t.push, deferral = coalesce(t.deferral, n.deferral),
                deferred_until = coalesce(t.until, n.deferred_until)
            from unnest(?::uuid[], ?::text[], ?::text[], ?::timestamptz[]) as t(id, push, deferral, until)
            where n.id = t.id
            """;
    private static final String BURY = """
            insert into dead_letters (kind, subject_id, user_id, reason, since)
            select 'push', s.id, s.user_id, s.reason, t.since
            from unnest(?::uuid[], ?::text[], ?::text[]) as s(id, user_id, reason)
                left join lateral (
                    select since from push_timers where user_id = s.user_id and notification_id = s.id
                    order by created_offset desc limit 1) t on true
            """;

    private final Jdbi jdbi;
    private final Recipients recipients;

    DuePushes(Jdbi jdbi, Recipients recipients) {
        this.jdbi = jdbi;
        this.recipients = recipients;
    }

    /// Nothing is to be done for this push now.
    ///
    /// @param again when it is due again; empty when it is over
    /// @param anew what the last look decided, where it was not to send
    record Closing(DuePush push, Optional<Instant> again, Optional<Verdict> anew) {
        Closing(DuePush push, Optional<Instant> again) {
            this(push, again, Optional.empty());
        }

        private Optional<Verdict.Defer> deferral() {
            return anew.filter(Verdict.Defer.class::isInstance).map(Verdict.Defer.class::cast);
        }

        private String label() {
            return anew.orElseThrow() instanceof Verdict.Suppress(SuppressionReason reason)
                    ? reason.label()
                    : Decision.PLANNED;
        }
    }

    /// What is to be written together: tries that were made, and perhaps the end of their push.
    record Result(List<Sent> sent, Optional<Closing> closing) {}

    List<DuePush> claim(Priority priority, int limit) {
        UUID claim = UUID.randomUUID();
        var pushes = new LinkedHashMap<UUID, DuePush>();
        jdbi.useHandle(h -> h.createQuery(CLAIM)
                .bind("priority", priority.code())
                .bind("limit", limit)
                .bind("claim", claim)
                .bind("lease", LEASE.toMillis())
                .map((row, c) ->
                        pushes.merge(row.getObject(3, UUID.class), push(claim, row, person(row)), DuePushes::join))
                .list());
        return List.copyOf(pushes.values());
    }

    private Circumstances.Person person(ResultSet row) throws SQLException {
        return recipients.person(row.getString(1), row.getString(24), row.getString(23), 1);
    }

    private static DuePush push(UUID claim, ResultSet row, Circumstances.Person person) throws SQLException {
        var targets = new ArrayList<DuePush.Target>();
        if (row.getString(14) != null) {
            targets.add(new DuePush.Target(
                    row.getString(14),
                    row.getString(15),
                    Platform.ofLabel(row.getString(16)).orElseThrow(),
                    row.getLong(17),
                    row.getInt(18),
                    row.getInt(19),
                    row.getBoolean(20)));
        }
        return new DuePush(
                claim,
                row.getString(1),
                row.getLong(2),
                row.getObject(3, UUID.class),
                Priority.ofCode(row.getInt(4)),
                row.getTimestamp(27).toInstant(),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                Optional.ofNullable(row.getTimestamp(21)).map(Timestamp::toInstant),
                Optional.ofNullable(row.getString(25)),
                Optional.ofNullable(row.getString(22)),
                Optional.ofNullable(row.getString(26)).map(DuePushes::gone),
                person,
                row.getInt(10),
                row.getBoolean(11),
                row.getBoolean(12),
                row.getLong(13),
                Optional.ofNullable(row.getTimestamp(28)).map(Timestamp::toInstant),
                row.getBoolean(29),
                targets);
    }

    private static SuppressionReason gone(String place) {
        return switch (place) {
            case "archived" -> SuppressionReason.ARCHIVED;
            case "snoozed" -> SuppressionReason.SNOOZED;
            case "recalled" -> SuppressionReason.RECALLED;
            default -> throw new IllegalStateException("place: " + place);
        };
    }

    private static DuePush join(DuePush push, DuePush next) {
        push.targets().addAll(next.targets());
        return push;
    }

    /// Notes the tries that are about to be made, and closes the pushes for which none is.
    ///
    /// @return the notifications whose tries were noted; those of others must not be made, since they were recalled
    Set<UUID> begin(List<PushTry> tries, List<Closing> closings) {
        Set<UUID> held = new HashSet<>();
        write(connection -> {
            held.addAll(HeldTimers.of(connection, tries));
            PushAttempts.begin(
                    connection,
                    tries.stream().filter(t -> held.contains(t.subject())).toList());
            close(connection, closings);
        });
        return held;
    }

    /// What a stop holds.
    ///
    /// @param target which stop; empty where nothing of its priority is claimed anyway
    /// @param tries those that were made since it was claimed
    record Hold(DuePush push, Optional<StopTarget> target, int tries) {}

    /// Lets go of pushes that may not be sent now. Tries of theirs that were noted were not made.
    void hold(List<Hold> held, List<PushTry> notMade) {
        write(connection -> {
            PushAttempts.withdraw(connection, notMade.stream().map(PushTry::id).toList());
            try (PreparedStatement hold = connection.prepareStatement(HOLD)) {
                new ArrayColumns(hold)
                        .add("text", String[]::new, held, x -> x.push.userId())
                        .add("int8", Long[]::new, held, x -> x.push.offset())
                        .add("uuid", UUID[]::new, held, x -> x.push.claim())
                        .add("timestamptz", String[]::new, held, x -> x.push.dueAt()
                                .toString())
                        .add("text", String[]::new, held, x -> x.target
                                .map(StopTarget::label)
                                .orElse(null))
                        .add("int4", Integer[]::new, held, Hold::tries);
                hold.executeUpdate();
            }
        });
    }

    void record(List<Result> results) throws SQLException {
        List<Sent> sent = results.stream().flatMap(r -> r.sent().stream()).toList();
        jdbi.<SQLException>useTransaction(h -> {
            PushAttempts.end(h.getConnection(), sent);
            bury(h.getConnection(), sent);
            close(
                    h.getConnection(),
                    results.stream().flatMap(r -> r.closing().stream()).toList());
        });
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void write(Work work) {
        jdbi.useTransaction(h -> {
            try {
                work.on(h.getConnection());
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    /// Ends or postpones those whose claim still stands.
    private static void close(Connection connection, List<Closing> closings) throws SQLException {
        List<Closing> over = closings.stream().filter(c -> c.again.isEmpty()).toList();
        List<Closing> later = closings.stream().filter(c -> c.again.isPresent()).toList();
        if (!over.isEmpty()) {
            try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
                timers(finish, over);
                finish.executeUpdate();
            }
        }
        if (!later.isEmpty()) {
            try (PreparedStatement postpone = connection.prepareStatement(POSTPONE)) {
                timers(postpone, later)
                        .add("timestamptz", String[]::new, later, c -> c.again
                                .orElseThrow()
                                .toString())
                        .add("bool", Boolean[]::new, later, c -> c.deferral().isPresent());
                postpone.executeUpdate();
            }
        }
        note(connection, closings.stream().filter(c -> c.anew.isPresent()).toList());
    }

    private static void note(Connection connection, List<Closing> anew) throws SQLException {
        if (anew.isEmpty()) {
            return;
        }
        try (PreparedStatement note = connection.prepareStatement(NOTE)) {
            new ArrayColumns(note)
                    .add("uuid", UUID[]::new, anew, c -> c.push.notificationId())
                    .add("text", String[]::new, anew, Closing::label)
                    .add("text", String[]::new, anew, c -> c.deferral()
                            .map(deferral -> deferral.reason().label())
                            .orElse(null))
                    .add("timestamptz", String[]::new, anew, c -> c.deferral()
                            .map(deferral -> deferral.until().toString())
                            .orElse(null));
            note.executeUpdate();
        }
    }

    private static ArrayColumns timers(PreparedStatement statement, List<Closing> closings) throws SQLException {
        return new ArrayColumns(statement)
                .add("text", String[]::new, closings, c -> c.push.userId())
                .add("int8", Long[]::new, closings, c -> c.push.offset())
                .add("uuid", UUID[]::new, closings, c -> c.push.claim());
    }

    /// Keeps for a person what failed for good.
    private static void bury(Connection connection, List<Sent> sent) throws SQLException {
        List<Sent> lost = sent.stream()
                .filter(s -> s.next() instanceof RetryPolicy.Next.GiveUp)
                .toList();
        if (lost.isEmpty()) {
            return;
        }
        try (PreparedStatement bury = connection.prepareStatement(BURY)) {
            new ArrayColumns(bury)
                    .add("uuid", UUID[]::new, lost, s -> s.tried().subject())
                    .add("text", String[]::new, lost, s -> s.tried().userId())
                    .add("text", String[]::new, lost, s -> ((RetryPolicy.Next.GiveUp) s.next()).reason());
            bury.executeUpdate();
        }
    }
}
