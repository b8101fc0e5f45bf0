package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.database.ArrayColumns;
import io.belfry.core.decision.Recipients;
import io.belfry.core.device.Platform;
import io.belfry.dispatcher.push.PushAttempts;
import io.belfry.dispatcher.push.PushTry;
import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// The pushes of broadcasts in the database: who works on which, how far they are, what is to be tried again. A device
/// is always exactly one of these: past the cursor, among the retries, in a try under way, or counted. Thread-safe;
/// blocks on the database.
@Singleton
final class PushJobs {
    /// Neither by a stop of pushes, nor by one of its category or priority.
    private static final String NOT_STOPPED = """
             and not is_stopped(category, priority)
                    and not exists (select 1 from stops where target = 'push' and stopped_at is not null)
            """;
    private static final String CLAIM = """
            with due as (
                select id, push_claim from broadcasts
                where state = 'sent' and push_state in ('waiting', 'sending')
                    and (push_due_at is null or push_due_at <= clock_timestamp()) %s
                order by priority, push_due_at nulls first limit 1
                for update skip locked
            )
            update broadcasts b
            set push_claim = :claim, push_due_at = clock_timestamp() + :lease * interval '1 millisecond'
            from due where b.id = due.id
            returning b.id, b.push_cursor_user, b.push_cursor_device, due.push_claim is not null
            """.formatted(NOT_STOPPED);
    /// Tries that a dispatcher left under way when it died.
    private static final String ADOPT = """
            insert into broadcast_push_retries (broadcast_id, user_id, device_id, due_at)
            select distinct subject_id, user_id, device_id, clock_timestamp() from push_attempts
            where subject_id = :id and outcome = 'sending'
            on conflict do nothing
            """;
    private static final String KEEP = """
            update broadcasts set push_due_at = clock_timestamp() + :lease * interval '1 millisecond'
            where id = :id and push_claim = :claim and state = 'sent' and push_state in ('waiting', 'sending')
            """ + NOT_STOPPED;
    private static final String EVERYONE = """
            select user_id, id, token, platform, false as again from devices
            where (user_id, id) > (:user, :device) order by user_id, id limit :limit
            """;
    private static final String SNAPSHOT = """
            select d.user_id, d.id, d.token, d.platform, false as again
            from broadcast_audience a join devices d on d.user_id = a.user_id
            where a.broadcast_id = :id and a.user_id >= :user and (d.user_id, d.id) > (:user, :device)
            order by d.user_id, d.id limit :limit
            """;
    private static final String RETRIES = """
            select r.user_id, r.device_id as id, d.token, d.platform, true as again
            from (
                select * from broadcast_push_retries
                where broadcast_id = :id and due_at <= clock_timestamp() order by due_at limit :limit
            ) r left join devices d on d.user_id = r.user_id and d.id = r.device_id
            """;
    private static final String ADDRESSEES = """
            select p.user_id, p.id, p.token, p.platform, u.locale,
                   coalesce((select max("offset") from announcements w
                             where w.broadcast_id = :id and not w.recall and w.bucket_from <= b.n and w.bucket_to > b.n), 0),
                   coalesce(own.announcement_offset, 0),
                   coalesce((select max(announcement_offset) from receipts r where r.user_id = p.user_id), 0),
                   exists (select 1 from announcement_reads x where x.user_id = p.user_id and x.broadcast_id = :id),
                   coalesce(a.tries, 0), coalesce(a.unclear, 0), coalesce(a.accepted, false), coalesce(a.failed, false),
                   u.time_zone, chosen.settings
            from page p
            cross join lateral (select crc32c(convert_to(p.user_id, 'UTF8')) % 1024 as n) b
            left join users u on u.id = p.user_id
            left join user_preferences chosen on chosen.user_id = p.user_id
            left join receipts own on own.user_id = p.user_id and own.device_id = p.id
            left join lateral (
                select count(*) as tries, count(*) filter (where outcome in ('sending', 'ambiguous')) as unclear,
                       bool_or(outcome = 'accepted') as accepted, bool_or(outcome in ('token_dead', 'rejected')) as failed
                from push_attempts
                where p.again and subject_id = :id and user_id = p.user_id and device_id = p.id
            ) a on true
            order by p.user_id, p.id
            """;
    private static final String BEGIN = """
            with tries as (
                select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::int2[])
                    as t(id, subject_id, user_id, device_id, attempt)
            ), taken as (
                select * from unnest(?::text[], ?::text[]) as t(user_id, device_id)
            ), later as (
                select * from unnest(?::text[], ?::text[], ?::timestamptz[]) as t(user_id, device_id, due_at)
            ), held as (
                update broadcasts
                set push_state = 'sending', push_due_at = clock_timestamp() + ? * interval '1 millisecond',
                    push_cursor_user = ?, push_cursor_device = ?, push_total = push_total + ?,
                    push_accepted = push_accepted + ?, push_failed = push_failed + ?, push_skipped = push_skipped + ?
                where id = ? and push_claim = ? and state = 'sent' and push_state in ('waiting', 'sending') %s
                returning id
            ), untried as (
                delete from broadcast_push_retries r using held, taken t
                where r.broadcast_id = held.id and r.user_id = t.user_id and r.device_id = t.device_id
            ), postponed as (
                insert into broadcast_push_retries (broadcast_id, user_id, device_id, due_at)
                select held.id, t.user_id, t.device_id, t.due_at from held, later t
                on conflict (broadcast_id, user_id, device_id) do update set due_at = excluded.due_at
            ), begun as (
                insert into push_attempts (id, subject_id, user_id, device_id, attempt)
                select t.id, t.subject_id, t.user_id, t.device_id, t.attempt from held, tries t
            )
            select count(*) from held
            """.formatted(NOT_STOPPED);
    private static final String FINISH = """
            update broadcasts b set push_state = 'done', push_claim = null
            where id = :id and push_claim = :claim and state = 'sent'
                and not exists (select 1 from broadcast_push_retries r where r.broadcast_id = b.id)
            """;
    private static final String RELEASE_TO_RETRIES = """
            update broadcasts b
            set push_claim = null,
                push_due_at = (select min(due_at) from broadcast_push_retries r where r.broadcast_id = b.id)
            where id = :id and push_claim = :claim
            """;

    private static final String RELEASE = """
            update broadcasts set push_claim = null, push_due_at = cast(:at as timestamptz)
            where id = :id and push_claim = :claim
            """;
    private static final String END = """
            update broadcasts set push_claim = null, push_state = 'done' where id = :id and push_claim = :claim
            """;
    private static final String SWITCH_OFF = """
            update broadcasts set push_claim = null, push_state = 'off' where id = :id and push_claim = :claim
            """;

    private final Jdbi jdbi;
    private final Broadcasts broadcasts;
    private final Recipients recipients;
    private final BroadcastSettings settings;

    PushJobs(Jdbi jdbi, Broadcasts broadcasts, Recipients recipients, BroadcastSettings settings) {
        this.jdbi = jdbi;
        this.broadcasts = broadcasts;
        this.recipients = recipients;
        this.settings = settings;
    }

    /// A device that may not be tried now.
    record Later(Addressee device, Instant at) {}

    /// What a page came to.
    ///
    /// @param taken retries that are not to be any more
    /// @param end the last device that was looked at
    /// @param total devices that were never looked at before
    record Page(
            List<PushTry> tries,
            List<Addressee> taken,
            List<Later> later,
            PushJob.Cursor end,
            int total,
            int accepted,
            int failed,
            int skipped) {}

    /// Takes the most urgent job that is due and that nobody has, or whose claim has lapsed.
    Optional<PushJob> claim() {
        UUID claim = UUID.randomUUID();
        record Claimed(UUID id, PushJob.Cursor cursor, boolean isAbandoned) {}
        Optional<Claimed> claimed = jdbi.inTransaction(h -> {
            Optional<Claimed> found = h.createQuery(CLAIM)
                    .bind("claim", claim)
                    .bind("lease", settings.pushLease().toMillis())
                    .map((row, c) -> new Claimed(
                            row.getObject(1, UUID.class),
                            new PushJob.Cursor(row.getString(2), row.getString(3)),
                            row.getBoolean(4)))
                    .findOne();
            found.filter(Claimed::isAbandoned)
                    .ifPresent(c -> h.createUpdate(ADOPT).bind("id", c.id()).execute());
            return found;
        });
        return claimed.flatMap(c -> broadcasts.find(c.id()).map(b -> new PushJob(claim, b, c.cursor())));
    }

    /// @return false when it was paused, cancelled, or taken over
    boolean keep(PushJob job) {
        return update(job, KEEP, Map.of("lease", settings.pushLease().toMillis()));
    }

    /// Devices that nobody has looked at yet, in their order.
    List<Addressee> next(PushJob job, PushJob.Cursor after, int limit) {
        String page = job.broadcast().audience() instanceof Audience.Everyone ? EVERYONE : SNAPSHOT;
        return jdbi.withHandle(h -> addressees(
                job,
                h.createQuery("with page as materialized (" + page + ")" + ADDRESSEES)
                        .bind("user", after.userId())
                        .bind("device", after.deviceId())
                        .bind("limit", limit)));
    }

    /// Devices whose next try is due.
    List<Addressee> retries(PushJob job, int limit) {
        return jdbi.withHandle(h -> addressees(
                job,
                h.createQuery("with page as materialized (" + RETRIES + ")" + ADDRESSEES)
                        .bind("limit", limit)));
    }

    private List<Addressee> addressees(PushJob job, Query query) {
        return query.bind("id", job.id()).map((row, c) -> addressee(row)).list();
    }

    private Addressee addressee(ResultSet row) throws SQLException {
        boolean accepted = row.getBoolean(12);
        boolean failed = row.getBoolean(13);
        String platform = row.getString(4);
        return new Addressee(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                platform == null ? null : Platform.ofLabel(platform).orElseThrow(),
                Optional.ofNullable(row.getString(5)),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getBoolean(9),
                row.getInt(10),
                row.getInt(11),
                accepted ? Addressee.Outcome.ACCEPTED : failed ? Addressee.Outcome.FAILED : Addressee.Outcome.OPEN,
                recipients.person(row.getString(1), row.getString(15), row.getString(14), 1));
    }

    /// Moves the cursor, and notes the tries that are about to be made: all of it, or nothing.
    ///
    /// @return false when it was paused, cancelled, or taken over; no try may be made then
    boolean begin(PushJob job, Page page) {
        return jdbi.withHandle(h -> {
            try (PreparedStatement begin = h.getConnection().prepareStatement(BEGIN)) {
                var columns = new ArrayColumns(begin);
                PushAttempts.columns(columns, page.tries);
                columns.add("text", String[]::new, page.taken, Addressee::userId)
                        .add("text", String[]::new, page.taken, Addressee::deviceId)
                        .add("text", String[]::new, page.later, l -> l.device.userId())
                        .add("text", String[]::new, page.later, l -> l.device.deviceId())
                        .add("timestamptz", String[]::new, page.later, l -> l.at.toString());
                begin.setLong(11, settings.pushLease().toMillis());
                begin.setString(12, page.end.userId());
                begin.setString(13, page.end.deviceId());
                begin.setInt(14, page.total);
                begin.setInt(15, page.accepted);
                begin.setInt(16, page.failed);
                begin.setInt(17, page.skipped);
                begin.setObject(18, job.id());
                begin.setObject(19, job.claim());
                try (ResultSet row = begin.executeQuery()) {
                    row.next();
                    return row.getInt(1) == 1;
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    /// Ends the job, if there is nothing to be tried again; otherwise lets go of it until there is.
    ///
    /// @return whether it is done
    boolean finish(PushJob job) {
        return update(job, FINISH, Map.of()) || !update(job, RELEASE_TO_RETRIES, Map.of());
    }

    /// Lets go of it; whoever comes first after `at` goes on.
    void release(PushJob job, Instant at) {
        update(job, RELEASE, Map.of("at", at.toString()));
    }

    /// Ends it where it is.
    void end(PushJob job) {
        update(job, END, Map.of());
    }

    /// Nobody is pushed to.
    void switchOff(PushJob job) {
        update(job, SWITCH_OFF, Map.of());
    }

    private boolean update(PushJob job, String sql, Map<String, ?> values) {
        return jdbi.withHandle(h -> h.createUpdate(sql)
                        .bind("id", job.id())
                        .bind("claim", job.claim())
                        .bindMap(values)
                        .execute())
                == 1;
    }
}
