package io.belfry.dispatcher.maintenance;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxRules;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Takes old notifications out of the inboxes, a batch of people at a time: rows, counts and offset in one statement,
/// then the publication that tells it to their devices. Counts are exact at every offset, here too. Thread-safe; blocks
/// on the database and on Redis.
@Singleton
final class Expiry {
    /// Inboxes are locked first, in the order of their users, as all who write to them do.
    private static final String EXPIRE = """
            with people as materialized (
                select distinct user_id from %1$s where user_id > :after and id < uuid_floor(cast(:before as timestamptz))
                order by user_id limit :batch
            ), held as materialized (
                select i.* from inboxes i join people using (user_id)
                order by i.user_id for update of i
            ), gone as (
                delete from %1$s n using held i
                where n.user_id = i.user_id and n.id < uuid_floor(cast(:before as timestamptz))
                returning n.user_id, n.created_offset, %2$s as listed, %3$s as unread, %4$s as unseen
            ), untimed as (
                delete from push_timers t using gone
                where t.user_id = gone.user_id and t.created_offset = gone.created_offset
            ), lost as (
                select user_id, count(*) as lost, count(*) filter (where listed) as total,
                       count(*) filter (where unread) as unread, count(*) filter (where unseen) as unseen
                from gone group by user_id
            ), told as (
                update inboxes i
                set head = i.head + 1, expired_changed = i.head + 1, total = i.total - lost.total,
                    unread = i.unread - lost.unread, unseen = i.unseen - lost.unseen
                from lost where i.user_id = lost.user_id
                returning i.user_id, i.head, i.total, i.unread, i.unseen, lost.lost
            )
            select p.user_id, t.head, t.total, t.unread, t.unseen, coalesce(t.lost, 0)
            from people p left join told t using (user_id) order by p.user_id
            """;

    private final Jdbi jdbi;
    private final Feeds feeds;
    private final MaintenanceSettings settings;

    Expiry(Jdbi jdbi, Feeds feeds, MaintenanceSettings settings) {
        this.jdbi = jdbi;
        this.feeds = feeds;
        this.settings = settings;
    }

    /// What one batch took.
    ///
    /// @param last where the next one goes on; empty when there is nobody more
    record Batch(Optional<String> last, int inboxes, int notifications) {}

    private record Changed(String user, long head, Counts counts, int lost) {}

    /// @param table a partition
    /// @param before those created earlier go
    /// @param after the last user of the batch before; empty at first
    Batch next(String table, Instant before, String after) {
        List<Changed> people = jdbi.withHandle(h -> h.createQuery(
                        EXPIRE.formatted(table, InboxRules.listed("n"), InboxRules.unread("n"), InboxRules.unseen("n")))
                .bind("after", after)
                .bind("before", before.toString())
                .bind("batch", settings.batch())
                .map((row, c) -> new Changed(
                        row.getString(1),
                        row.getLong(2),
                        new Counts(row.getInt(3), row.getInt(4), row.getInt(5)),
                        row.getInt(6)))
                .list());
        List<Changed> changed = people.stream().filter(p -> p.lost > 0).toList();
        feeds.publish(changed.stream().map(c -> publication(c, before)).toList())
                .join();
        return new Batch(
                people.isEmpty() ? Optional.empty() : Optional.of(people.getLast().user),
                changed.size(),
                changed.stream().mapToInt(Changed::lost).sum());
    }

    private static Feeds.Publication publication(Changed changed, Instant before) {
        return new Feeds.Publication(
                FeedNames.inbox(changed.user),
                new FeedMessage(changed.head, FeedMessage.Receipt.NOT_NEEDED, InboxJson.expired(before, changed.counts))
                        .encode());
    }
}
