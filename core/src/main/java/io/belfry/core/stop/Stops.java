package io.belfry.core.stop;

import io.belfry.core.access.AuditLog;
import io.belfry.core.database.Snapshot;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The emergency stop: one switch that halts push, bulk, or a category, on all dispatchers. Events and waves are
/// halted by the next statement that would claim them, pushes when a node learns of it: by a signal, or by looking once
/// a second. What is held meanwhile is released, in its order, or discarded: then it reaches nobody, and its trace says
/// why. Every act is in the audit log. Thread-safe; blocks on the database but for [#inForce].
@Singleton
public class Stops {
    /// How late a node learns of a stop when its signal was lost.
    public static final Duration REFRESH = Duration.ofSeconds(1);

    /// What is held is counted up to here.
    public static final int MAX_COUNTED = 10_000;

    private static final String COLUMNS = "target, stopped_at, stopped_by, reason";

    private static final String STOP = """
            insert into stops (target, stopped_at, stopped_by, reason) values (:target, now(), :by, :reason)
            on conflict (target) do update
                set stopped_at = now(), stopped_by = excluded.stopped_by, reason = excluded.reason
                where stops.stopped_at is null
            """;
    private static final String RELEASE =
            "update stops set stopped_at = null where target = :target and stopped_at is not null";
    /// Whatever has a place in the lanes by now waited, or is just being accepted.
    private static final String DISCARD = """
            update stops set stopped_at = null, discarded_at = clock_timestamp(),
                discarded_through = (select last_value from pending_events_seq_seq)
            where target = :target and stopped_at is not null
            """;

    private static final String OF_TARGET = " (b.state = 'sending' or b.state = 'sent' and b.push_state in"
            + " ('waiting', 'sending')) and (:target = 'category:' || b.category or :target = 'bulk' and b.priority = 3) ";
    private static final String WITH_PUSHES = " b.state = 'sent' and b.push_state in ('waiting', 'sending') ";

    private static final String CANCEL_BROADCASTS = """
            with gone as (
                update broadcasts b
                set state = 'cancelled', finished_at = coalesce(finished_at, now()), push_claim = null,
                    push_state = case when push_state = 'off' then 'off' else 'done' end
                where %s returning id
            )
            insert into audit_log (actor, action, subject, address, detail)
            select :by, 'broadcast.cancel', id::text, :address, jsonb_build_object('stop', cast(:target as text)) from gone
            """.formatted(OF_TARGET);
    private static final String END_PUSHES_OF_BROADCASTS = """
            with gone as (
                update broadcasts b set push_state = 'done', push_claim = null where %s returning id
            )
            insert into audit_log (actor, action, subject, address, detail)
            select :by, 'broadcast.pushes.cancel', id::text, :address, jsonb_build_object('stop', cast(:target as text)) from gone
            """.formatted(WITH_PUSHES);

    private static final String EVENTS_OF_CATEGORY =
            "select count(*) from (select 1 from held_events where target = :target limit :limit) h";
    private static final String EVENTS_OF_BULK = """
            select coalesce(sum(n), 0) from lanes l cross join lateral (
                select count(*) as n from (select 1 from pending_events where lane = l.id limit :limit) p) c
            where l.priority = 3
            """;
    private static final String HELD_PUSHES =
            "select count(*) from (select 1 from push_timers where held_for = :target limit :limit) t";
    private static final String DUE_PUSHES = """
            select coalesce(sum(n), 0) from unnest(cast(:priorities as int2[])) as p(priority) cross join lateral (
                select count(*) as n from (
                    select 1 from push_timers t
                    where t.priority = p.priority and t.held_for is null and t.due_at <= clock_timestamp() limit :limit) d) c
            """;

    private final Jdbi jdbi;
    private final Signals signals;
    private final Snapshot<StopsInForce> inForce;

    public Stops(Jdbi jdbi, Signals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.inForce = new Snapshot<>("stops", REFRESH, this::load);
        signals.on(Signal.STOPS_CHANGED, inForce::refresh);
    }

    private StopsInForce load() {
        return jdbi.withHandle(h -> h.createQuery("select " + StopsInForce.SQL)
                .map((row, c) -> StopsInForce.parse(row.getString(1)))
                .one());
    }

    /// As this node knows it: a second late at most.
    public StopsInForce inForce() {
        return inForce.get();
    }

    /// What is stopped now, the latest first.
    public List<Stop> list() {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS
                        + " from stops where stopped_at is not null order by stopped_at desc, target")
                .map((row, c) -> stop(row))
                .list());
    }

    public Optional<Stop> find(StopTarget target) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select " + COLUMNS + " from stops where stopped_at is not null and target = :target")
                .bind("target", target.label())
                .map((row, c) -> stop(row))
                .findOne());
    }

    /// @param reason for people; may be empty
    /// @return false when it was stopped before; who did so, and why, stays as it was
    public boolean stop(StopTarget target, String reason, AuditLog.Origin origin) {
        return change(h -> {
            boolean done = h.createUpdate(STOP)
                            .bind("target", target.label())
                            .bind("by", origin.actor())
                            .bind("reason", reason)
                            .execute()
                    == 1;
            return done && audit(h, "stop.set", target, origin, Map.of("reason", reason));
        });
    }

    /// Ends the stop; what it holds goes out, in the order in which it was accepted.
    ///
    /// @return false when it was not stopped
    public boolean release(StopTarget target, AuditLog.Origin origin) {
        return change(h -> {
            boolean done =
                    h.createUpdate(RELEASE).bind("target", target.label()).execute() == 1;
            return done && audit(h, "stop.release", target, origin, Map.of());
        });
    }

    /// Ends the stop; what it holds reaches nobody. Events go their way all the same, so that each recipient's trace
    /// tells of it; broadcasts are cancelled.
    ///
    /// @return false when it was not stopped
    public boolean discard(StopTarget target, AuditLog.Origin origin) {
        return change(h -> {
            boolean done =
                    h.createUpdate(DISCARD).bind("target", target.label()).execute() == 1;
            if (done) {
                h.createUpdate(target instanceof StopTarget.Push ? END_PUSHES_OF_BROADCASTS : CANCEL_BROADCASTS)
                        .bind("target", target.label())
                        .bind("by", origin.actor())
                        .bind("address", origin.address())
                        .execute();
            }
            return done && audit(h, "stop.discard", target, origin, Map.of());
        });
    }

    /// What the stop of a target holds, or would hold now.
    public Held held(StopTarget target) {
        return jdbi.withHandle(h -> switch (target) {
            case StopTarget.Push() -> held(0, duePushes(h, "{0,1,2,3}"), broadcasts(h, target, WITH_PUSHES));
            case StopTarget.Bulk() ->
                held(
                        count(h, EVENTS_OF_BULK, target),
                        duePushes(h, "{" + Priority.BULK.code() + "}"),
                        broadcasts(h, target, OF_TARGET));
            case StopTarget.Category _ ->
                held(
                        count(h, EVENTS_OF_CATEGORY, target),
                        count(h, HELD_PUSHES, target),
                        broadcasts(h, target, OF_TARGET));
        });
    }

    private static Held held(long events, long pushes, long broadcasts) {
        return new Held(
                Math.min(events, MAX_COUNTED),
                Math.min(pushes, MAX_COUNTED),
                broadcasts,
                events <= MAX_COUNTED && pushes <= MAX_COUNTED);
    }

    private static long count(Handle h, String sql, StopTarget target) {
        var query = h.createQuery(sql).bind("limit", MAX_COUNTED + 1);
        return (sql.contains(":target") ? query.bind("target", target.label()) : query)
                .mapTo(Long.class)
                .one();
    }

    private static long duePushes(Handle h, String priorities) {
        return h.createQuery(DUE_PUSHES)
                .bind("priorities", priorities)
                .bind("limit", MAX_COUNTED + 1)
                .mapTo(Long.class)
                .one();
    }

    private static long broadcasts(Handle h, StopTarget target, String which) {
        var query = h.createQuery("select count(*) from broadcasts b where" + which);
        return (which.contains(":target") ? query.bind("target", target.label()) : query)
                .mapTo(Long.class)
                .one();
    }

    private interface Change {
        boolean on(Handle h);
    }

    private boolean change(Change change) {
        boolean done = jdbi.inTransaction(change::on);
        inForce.refreshNow();
        signals.raise(Signal.STOPS_CHANGED);
        signals.raise(Signal.BROADCASTS);
        return done;
    }

    private static boolean audit(
            Handle h, String action, StopTarget target, AuditLog.Origin origin, Map<String, String> detail) {
        AuditLog.record(h, origin, action, target.label(), detail);
        return true;
    }

    private static Stop stop(ResultSet row) throws SQLException {
        return new Stop(
                StopTarget.ofLabel(row.getString(1)).orElseThrow(),
                row.getTimestamp(2).toInstant(),
                row.getString(3),
                row.getString(4));
    }

    @PreDestroy
    void close() {
        inForce.close();
    }
}
