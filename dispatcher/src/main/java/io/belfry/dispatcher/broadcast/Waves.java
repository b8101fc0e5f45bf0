package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.ReleaseSettings;
import io.belfry.core.feed.AnnouncementNotice;
import io.belfry.dispatcher.push.PushProvider;
import io.micronaut.core.annotation.Nullable;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Appends the waves of broadcasts to the log of announcements. Whatever is done is one statement with a commit of its
/// own: no lock is ever held while a dispatcher thinks, so one that is stopped or killed blocks nobody, and what an
/// operator did before counts at once. Thread-safe; blocks on the database.
@Singleton
final class Waves {
    /// The head's row is locked until the commit, so that offsets come into the log in their order.
    private static final String NEXT = """
            with due as (
                select id, waves, waves_done, canary_buckets, canary_pause_ms from broadcasts
                where state = 'sending' and waves_done < waves
                    and (next_wave_at is null or next_wave_at <= clock_timestamp())
                    and (valid_until is null or valid_until > clock_timestamp())
                    and not is_stopped(category, priority)
                    and (audience_size <= :approvalAbove or approved_by is not null or test_of is not null)
                order by priority, next_wave_at nulls first limit 1
                for update skip locked
            ), head as (
                update announcement_head set head = head + 1 from due returning head
            ), logged as (
                insert into announcements ("offset", broadcast_id, bucket_from, bucket_to)
                select head, id, wave_floor(waves_done, waves, canary_buckets), wave_floor(waves_done + 1, waves, canary_buckets)
                from due, head
                returning "offset", bucket_from, bucket_to
            )
            update broadcasts b
            set waves_done = due.waves_done + 1,
                next_wave_at = clock_timestamp() + interval '1 millisecond'
                    * case when due.waves_done = 0 and due.canary_buckets is not null
                           then greatest(coalesce(due.canary_pause_ms, 0), :pause) else :pause end,
                state = case when due.waves_done + 1 = due.waves then 'sent'
                             when due.waves_done = 0 and due.canary_buckets is not null and due.canary_pause_ms is null
                             then 'paused' else 'sending' end,
                finished_at = case when due.waves_done + 1 = due.waves then clock_timestamp() end,
                push_state = case when due.waves_done + 1 = due.waves and not :pushes then 'off' else b.push_state end
            from due, logged
            where b.id = due.id
            returning b.id, logged."offset", logged.bucket_from, logged.bucket_to, b.waves_done, b.waves
            """;
    /// A broadcast of which nothing is left to send was sent; the others were ended before they were.
    private static final String EXPIRE = """
            with over as (
                update broadcasts
                set state = case when waves_done = waves then 'sent' else 'cancelled' end,
                    finished_at = coalesce(finished_at, clock_timestamp()),
                    push_state = case when push_state = 'off' then 'off' else 'done' end
                where (state in ('sending', 'paused') or state = 'sent' and push_state in ('waiting', 'sending'))
                    and valid_until <= clock_timestamp()
                returning id, waves, waves_done
            ), told as (
                insert into audit_log (actor, action, subject, detail)
                select 'belfry', 'broadcast.expire', id::text, jsonb_build_object('waves', waves, 'wavesDone', waves_done)
                from over
            )
            select id from over
            """;

    private final Jdbi jdbi;
    private final BroadcastSettings settings;
    private final ReleaseSettings release;
    private final boolean pushes;

    Waves(Jdbi jdbi, BroadcastSettings settings, ReleaseSettings release, @Nullable PushProvider provider) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.release = release;
        this.pushes = provider != null;
    }

    /// Commits the next wave that is due, of whichever broadcast. Whatever set it in motion, one for many people that
    /// nobody approved has none. After its last wave a broadcast is sent.
    ///
    /// @return what to tell the gateways; empty when nothing is due, or others are at it
    Optional<Wave> next() {
        return jdbi.withHandle(h -> h.createQuery(NEXT)
                .bind("approvalAbove", release.approvalAbove())
                .bind("pause", settings.wavePause().toMillis())
                .bind("pushes", pushes)
                .map((row, c) -> new Wave(
                        new AnnouncementNotice(
                                row.getLong(2), row.getObject(1, UUID.class), row.getInt(3), row.getInt(4)),
                        row.getInt(5),
                        row.getInt(6)))
                .findOne());
    }

    /// Ends broadcasts that are not valid any more, wherever they had come to.
    List<UUID> expire() {
        return jdbi.withHandle(h -> h.createQuery(EXPIRE).mapTo(UUID.class).list());
    }
}
