package io.belfry.core.broadcast;

import io.belfry.core.feed.AnnouncementNotice;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Takes broadcasts back that went out, wholly or in part. Of inboxes the promise is absolute: connected devices are
/// told by an entry of the log, others when they come back, and no list has it any more. Waves and pushes that did not
/// go out never do. On a phone's tray it is best effort: the app is told by a silent message. Thread-safe; blocks on
/// the database, not on Redis.
@Singleton
public final class Recalls {
    /// Whoever sends a wave or begins pushes holds the broadcast's row, so nothing goes out that is not seen here. The
    /// log's head is locked after it, as waves do.
    private static final String RECALL = """
            with recalled as (
                update broadcasts
                set state = 'recalled', finished_at = coalesce(finished_at, clock_timestamp()),
                    push_state = case when push_state = 'off' then 'off' else 'done' end
                where id = :id
                returning id, wave_floor(waves_done, waves, canary_buckets) as bucket_to
            ), head as (
                update announcement_head set head = head + 1 from recalled returning head
            ), logged as (
                insert into announcements ("offset", broadcast_id, bucket_from, bucket_to, recall)
                select head, id, 0, bucket_to, true from recalled, head
                returning "offset", bucket_to
            ), noted as (
                insert into broadcast_recalls (broadcast_id, requested_by) select id, :by from recalled
            )
            select "offset", bucket_to from logged
            """;
    private static final String REPORT = """
            select r.broadcast_id, r.requested_by, r.requested_at, r.finished_at, r.found,
                   (select count(*) from push_corrections c where c.notification_id = r.broadcast_id)
            from broadcast_recalls r where r.broadcast_id = :id
            """;
    /// The corrections of one broadcast that wait at a time are bounded, or others would wait behind all of them.
    private static final String NEXT = """
            select r.broadcast_id, r.scanned, r.cursor_user, r.cursor_device
            from broadcast_recalls r
            where r.finished_at is null
                and (select count(*) from (select 1 from push_corrections c
                                           where c.notification_id = r.broadcast_id limit :page) w)
                    < case when r.scanned then 1 else :page end
            order by r.requested_at limit 1 for update of r skip locked
            """;
    /// A try that is under way is among them: its phone is told once it is over.
    private static final String PAGE = """
            with page as (
                select distinct a.user_id, a.device_id from push_attempts a
                where a.subject_id = :id and a.outcome in ('accepted', 'ambiguous', 'sending')
                    and a.id >= (select uuid_floor(started_at - interval '1 day') from broadcasts where id = :id)
                    and (a.user_id, a.device_id) > (:user, :device)
                order by a.user_id, a.device_id limit :page
            ), noted as (
                insert into push_corrections (notification_id, user_id, device_id, kind)
                select :id, user_id, device_id, 'withdraw' from page
                on conflict (notification_id, user_id, device_id) do nothing
            )
            select user_id, device_id from page order by user_id, device_id
            """;

    private final Jdbi jdbi;
    private final Feeds feeds;
    private final Signals signals;

    Recalls(Jdbi jdbi, Feeds feeds, Signals signals) {
        this.jdbi = jdbi;
        this.feeds = feeds;
        this.signals = signals;
    }

    private record Outcome(Recall recall, Optional<AnnouncementNotice> notice) {}

    /// Recalls a broadcast of which at least a part went out. What is left of it is never sent.
    public Recall recall(UUID id, String by) {
        Outcome outcome = jdbi.inTransaction(h -> recall(h, id, by));
        outcome.notice.ifPresent(notice -> {
            signals.raise(Signal.BROADCASTS);
            feeds.publish(List.of(new Feeds.Publication(FeedNames.announcements(), notice.encode())));
        });
        return outcome.recall;
    }

    private static Outcome recall(Handle h, UUID id, String by) {
        Optional<Broadcast> found = Starting.find(h, id, " for update");
        if (found.isEmpty()) {
            return new Outcome(new Recall.Unknown(), Optional.empty());
        }
        Broadcast broadcast = found.get();
        if (broadcast.state() == BroadcastState.RECALLED) {
            return new Outcome(new Recall.Repeated(report(h, id).orElseThrow()), Optional.empty());
        }
        if (broadcast.wavesDone() == 0) {
            return new Outcome(new Recall.NothingOut(broadcast.state()), Optional.empty());
        }
        AnnouncementNotice notice = h.createQuery(RECALL)
                .bind("id", id)
                .bind("by", by)
                .map((row, c) -> new AnnouncementNotice(row.getLong(1), id, 0, row.getInt(2)))
                .one();
        return new Outcome(new Recall.Begun(report(h, id).orElseThrow()), Optional.of(notice));
    }

    /// Empty when it was not recalled.
    public Optional<RecallReport> of(UUID broadcast) {
        return jdbi.withHandle(h -> report(h, broadcast));
    }

    private static Optional<RecallReport> report(Handle h, UUID broadcast) {
        return h.createQuery(REPORT)
                .bind("id", broadcast)
                .map((row, c) -> report(row))
                .findOne();
    }

    private static RecallReport report(ResultSet row) throws SQLException {
        long found = row.getLong(5);
        return new RecallReport(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getTimestamp(3).toInstant(),
                Optional.ofNullable(row.getTimestamp(4)).map(Timestamp::toInstant),
                found,
                Math.max(0, found - row.getLong(6)));
    }

    private record Open(UUID broadcast, boolean isScanned, Place place) {}

    private record Place(String user, String device) {}

    /// Works on a page of a recall that nobody else is at: notes which phones are to be told. What a crash interrupts
    /// begins with the same page again.
    ///
    /// @param page pushes of a page, and how many of a broadcast may wait at a time, about
    /// @return false when there is nothing to do now
    public boolean workOnNext(int page) {
        Optional<Integer> noted = jdbi.inTransaction(h -> h.createQuery(NEXT)
                .bind("page", page)
                .map((row, c) -> new Open(
                        row.getObject(1, UUID.class), row.getBoolean(2), new Place(row.getString(3), row.getString(4))))
                .findOne()
                .map(open -> open.isScanned ? finish(h, open) : note(h, open, page)));
        if (noted.orElse(0) > 0) {
            signals.raise(Signal.PUSH_DUE);
        }
        return noted.isPresent();
    }

    private static int note(Handle h, Open open, int page) {
        List<Place> places = h.createQuery(PAGE)
                .bind("id", open.broadcast)
                .bind("user", open.place.user)
                .bind("device", open.place.device)
                .bind("page", page)
                .map((row, c) -> new Place(row.getString(1), row.getString(2)))
                .list();
        Place last = places.isEmpty() ? open.place : places.getLast();
        h.createUpdate("""
                        update broadcast_recalls
                        set scanned = :scanned, cursor_user = :user, cursor_device = :device, found = found + :found
                        where broadcast_id = :id
                        """)
                .bind("id", open.broadcast)
                .bind("scanned", places.size() < page)
                .bind("user", last.user)
                .bind("device", last.device)
                .bind("found", places.size())
                .execute();
        return places.size();
    }

    private static int finish(Handle h, Open open) {
        h.createUpdate("update broadcast_recalls set finished_at = now() where broadcast_id = :id")
                .bind("id", open.broadcast)
                .execute();
        return 0;
    }
}
