package io.belfry.dispatcher.maintenance;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// What else grows old, outside of partitions: removed a batch at a time, so that no transaction is long. Thread-safe;
/// blocks on the database.
@Singleton
final class Leftovers {
    private static final String KEYS = """
            delete from idempotency_keys where ctid = any(array(
                select ctid from idempotency_keys where accepted_at < cast(:before as timestamptz) limit :batch))
            """;
    private static final String SESSIONS = """
            delete from operator_sessions where token_hash = any(array(
                select token_hash from operator_sessions where expires_at < cast(:before as timestamptz) limit :batch))
            """;
    private static final String TIMERS = """
            delete from push_timers where ctid = any(array(
                select ctid from push_timers
                where priority = any('{0,1,2,3}') and held_for is null and due_at < cast(:before as timestamptz) limit :batch))
            """;
    private static final String UNLISTED = """
            delete from unlisted_notifications where id = any(array(
                select id from unlisted_notifications where id < uuid_floor(cast(:before as timestamptz)) limit :batch))
            """;
    private static final String AMENDMENTS = """
            delete from amendments where id = any(array(
                select id from amendments where id < uuid_floor(cast(:before as timestamptz)) and finished_at is not null
                limit :batch))
            """;
    private static final String CORRECTIONS = """
            delete from push_corrections where ctid = any(array(
                select ctid from push_corrections
                where id < uuid_floor(cast(:before as timestamptz)) and due_at < now() limit :batch))
            """;
    /// No index tells their age, since every receipt would have to move in it: the table is gone through by its key.
    private static final String RECEIPTS = """
            with page as materialized (
                select user_id, device_id, received_at from receipts where user_id > :after order by user_id limit :batch
            ), gone as (
                delete from receipts r using page
                where r.user_id = page.user_id and r.device_id = page.device_id
                    and r.received_at < cast(:before as timestamptz)
                returning 1
            )
            select (select count(*) from gone), (select max(user_id) from page), (select count(*) from page)
            """;
    private static final String DEVICES = """
            delete from devices where ctid = any(array(
                select d.ctid from devices d
                where d.registered_at < cast(:before as timestamptz)
                    and not exists (select 1 from receipts r
                                    where r.user_id = d.user_id and r.device_id = d.id
                                        and r.received_at >= cast(:before as timestamptz))
                limit :batch))
            """;
    /// What waits for later windows is counted from the one that was over.
    private static final String USES = """
            delete from recent_uses where ctid = any(array(
                select ctid from recent_uses
                where ends_at < cast(:before as timestamptz)
                    and (per_window = 0 or ends_at < cast(:before as timestamptz) - interval '60 days') limit :batch))
            """;
    /// Nobody gets them any more: they are past their validity, or old if they had none.
    private static final String OVER = """
            select id from broadcasts b
            where state in ('sent', 'cancelled', 'recalled') and push_state in ('off', 'done')
                and finished_at < cast(:before as timestamptz)
                and (valid_until is null or valid_until < cast(:now as timestamptz))
                and (exists (select 1 from announcements a where a.broadcast_id = b.id)
                    or exists (select 1 from broadcast_audience a where a.broadcast_id = b.id)
                    or exists (select 1 from broadcast_push_retries r where r.broadcast_id = b.id))
            """;
    private static final List<String> OF_BROADCAST =
            List.of("broadcast_push_retries", "announcement_reads", "broadcast_audience");

    private final Jdbi jdbi;
    private final MaintenanceSettings settings;

    Leftovers(Jdbi jdbi, MaintenanceSettings settings) {
        this.jdbi = jdbi;
        this.settings = settings;
    }

    /// Removes one batch; there is more while it returns as many as a batch holds.
    int idempotencyKeys(Instant before) {
        return delete(KEYS, before);
    }

    /// Likewise.
    int sessions(Instant before) {
        return delete(SESSIONS, before);
    }

    /// Pushes that have been due since then, likewise.
    int pushTimers(Instant before) {
        return delete(TIMERS, before);
    }

    /// Those that are in no inbox, likewise.
    int unlisted(Instant before) {
        return delete(UNLISTED, before);
    }

    /// Windows that are over, likewise.
    int recentUses(Instant before) {
        return delete(USES, before);
    }

    /// Edits and recalls that are done, likewise.
    int amendments(Instant before) {
        return delete(AMENDMENTS, before);
    }

    /// Corrections of pushes that never came through, likewise.
    int corrections(Instant before) {
        return delete(CORRECTIONS, before);
    }

    /// Phones that nobody has heard of since then, likewise.
    int devices(Instant before) {
        return delete(DEVICES, before);
    }

    /// A page of receipts that was gone through.
    ///
    /// @param last the user after whom the next one begins; empty after the last page
    record Receipts(int removed, Optional<String> last) {}

    /// Receipts that nothing is left of to which they could apply. A user of more devices than a page holds keeps some.
    Receipts receipts(Instant before, String after) {
        return jdbi.withHandle(h -> h.createQuery(RECEIPTS)
                .bind("before", before.toString())
                .bind("after", after)
                .bind("batch", settings.batch())
                .map((row, c) -> new Receipts(
                        row.getInt(1),
                        row.getInt(3) < settings.batch() ? Optional.empty() : Optional.of(row.getString(2))))
                .one());
    }

    private int delete(String sql, Instant before) {
        return jdbi.withHandle(h -> h.createUpdate(sql)
                .bind("before", before.toString())
                .bind("batch", settings.batch())
                .execute());
    }

    /// Broadcasts of which nothing but the broadcast itself needs to stay.
    List<UUID> oldBroadcasts(Instant now) {
        return jdbi.withHandle(h -> h.createQuery(OVER)
                .bind("now", now.toString())
                .bind("before", now.minus(settings.keepAnnouncements()).toString())
                .mapTo(UUID.class)
                .list());
    }

    /// Removes a batch of what belongs to a broadcast; its place in the log goes last.
    ///
    /// @return how many rows went; 0 when there are no more
    int ofBroadcast(UUID broadcast) {
        for (String table : OF_BROADCAST) {
            int removed =
                    jdbi.withHandle(h -> h.createUpdate("delete from " + table + " where ctid = any(array(select ctid"
                                    + " from " + table + " where broadcast_id = :id limit :batch))")
                            .bind("id", broadcast)
                            .bind("batch", settings.batch())
                            .execute());
            if (removed > 0) {
                return removed;
            }
        }
        return jdbi.withHandle(h -> h.createUpdate("delete from announcements where broadcast_id = :id")
                .bind("id", broadcast)
                .execute());
    }
}
