package io.belfry.core.inbox;

import io.belfry.core.event.Priority;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// The inboxes: per user a log of notifications and of their changes of state, each at its own offset. Thread-safe;
/// every method blocks on the database.
@Singleton
public final class InboxLog {
    private static final String ITEM = """
            n.id, n.created_offset, n.changed_offset, n.type, n.category, n.priority, n.title, n.body, n.link, e.data,
            (n.read_at is not null or n.created_offset <= i.read_through) as read,
            n.created_offset <= i.seen_through as seen, n.live is not null as silent, n.collapse_key
            """;

    private final Jdbi jdbi;

    public InboxLog(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// The generation of all inboxes; changes when the database was restored from a backup.
    public String epoch() {
        return jdbi.withHandle(h -> h.createQuery("select epoch from installation")
                .mapTo(String.class)
                .one());
    }

    /// Where many inboxes stand, in one query. Users without an inbox are missing from the answer
    /// ([InboxPosition#START]).
    public Map<String, InboxPosition> positions(Collection<String> users) {
        return jdbi.withHandle(h -> {
            var positions = new HashMap<String, InboxPosition>();
            h.createQuery("select user_id, head, total, unread, unseen from inboxes where user_id = any(:users)")
                    .bindArray("users", String.class, users.toArray())
                    .map((row, c) -> Map.entry(row.getString(1), position(row)))
                    .forEach(e -> positions.put(e.getKey(), e.getValue()));
            return positions;
        });
    }

    public InboxPosition position(String user) {
        return jdbi.withHandle(h -> position(h, user));
    }

    /// A page, newest first.
    ///
    /// @param before only what was created before this offset, the `before` of the page above; empty for the first
    ///     page
    public InboxPage list(String user, OptionalLong before, int limit) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, h -> {
            List<InboxItem> items = h.createQuery("select " + ITEM + """
                                    from inboxes i
                                    join notifications n on n.user_id = i.user_id
                                    join events e on e.id = n.event_id
                                    where i.user_id = :user and n.user_id = :user and n.created_offset < :before
                                    order by n.created_offset desc limit :limit
                                    """)
                    .bind("user", user)
                    .bind("before", before.orElse(Long.MAX_VALUE))
                    .bind("limit", limit + 1)
                    .map((row, c) -> item(row))
                    .list();
            boolean more = items.size() > limit;
            List<InboxItem> page = more ? items.subList(0, limit) : items;
            return new InboxPage(
                    page, more ? OptionalLong.of(page.getLast().offset()) : OptionalLong.empty(), position(h, user));
        });
    }

    /// What happened after an offset, as a client's recovery needs it.
    ///
    /// @param limit more changes than this, or more than `maxBytes` of them, and the client must reload
    public Recovery recover(String user, long after, int limit, int maxBytes) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, h -> {
            Optional<Marks> found = marks(h, user, false);
            InboxPosition position = found.map(Marks::position).orElse(InboxPosition.START);
            if (after > position.head()) {
                return new Recovery.Reload(position);
            }
            if (after == position.head()) {
                return new Recovery.Complete(position, List.of());
            }
            if (after < found.orElseThrow().expiredChanged) {
                return new Recovery.Reload(position);
            }
            List<InboxItem> items = changedAfter(h, user, after, limit + 1);
            if (items.size() > limit) {
                return new Recovery.Reload(position);
            }
            List<InboxChange> changes = changes(h, user, after, items, found.orElseThrow());
            long bytes = changes.stream().mapToLong(c -> c.data().length).sum();
            // What led to the head may be gone: a mark on a broadcast of long ago.
            boolean reachesHead = !changes.isEmpty() && changes.getLast().offset() == position.head();
            return !reachesHead || changes.size() > limit || bytes > maxBytes
                    ? new Recovery.Reload(position)
                    : new Recovery.Complete(position, changes);
        });
    }

    private static List<InboxItem> changedAfter(Handle h, String user, long after, int limit) {
        return h.createQuery("select " + ITEM + """
                                from inboxes i
                                join notifications n on n.user_id = i.user_id
                                join events e on e.id = n.event_id
                                where i.user_id = :user and n.user_id = :user and n.changed_offset > :after
                                order by n.changed_offset limit :limit
                                """)
                .bind("user", user)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, c) -> item(row))
                .list();
    }

    private static List<InboxChange> changes(Handle h, String user, long after, List<InboxItem> items, Marks marks) {
        long head = marks.position.head();
        Counts counts = marks.position.counts();
        var changes = new ArrayList<InboxChange>();
        for (InboxItem item : items) {
            changes.add(new InboxChange(
                    item.changedOffset(), InboxJson.notification(item, item.changedOffset() == head ? counts : null)));
        }
        if (marks.readThroughChanged > after) {
            changes.add(marks.through("readThrough", marks.readThroughChanged, marks.readThrough));
        }
        if (marks.seenThroughChanged > after) {
            changes.add(marks.through("seenThrough", marks.seenThroughChanged, marks.seenThrough));
        }
        announcementsRead(h, user, after)
                .forEach((offset, ids) -> changes.add(
                        new InboxChange(offset, InboxJson.announcementsRead(ids, offset == head ? counts : null))));
        changes.sort(Comparator.comparingLong(InboxChange::offset));
        return changes;
    }

    private static Map<Long, List<UUID>> announcementsRead(Handle h, String user, long after) {
        var read = new HashMap<Long, List<UUID>>();
        h.createQuery("select changed_offset, broadcast_id from announcement_reads where user_id = :user and"
                        + " changed_offset > :after")
                .bind("user", user)
                .bind("after", after)
                .map((row, c) -> Map.entry(row.getLong(1), row.getObject(2, UUID.class)))
                .forEach(e ->
                        read.computeIfAbsent(e.getKey(), k -> new ArrayList<>()).add(e.getValue()));
        return read;
    }

    /// Marks notifications read.
    ///
    /// @return the change to publish, or empty when all of them were read already or are not this user's
    public Optional<InboxChange> markRead(String user, Collection<UUID> ids) {
        return jdbi.inTransaction(h -> marks(h, user, true).flatMap(marks -> {
            List<UUID> read = h.createQuery("""
                            update notifications set read_at = now(), changed_offset = :next
                            where id = any(:ids) and user_id = :user and read_at is null
                                and created_offset > :readThrough
                            returning id
                            """)
                    .bind("next", marks.next())
                    .bindArray("ids", UUID.class, ids.toArray())
                    .bind("user", user)
                    .bind("readThrough", marks.readThrough)
                    .mapTo(UUID.class)
                    .list();
            if (read.isEmpty()) {
                return Optional.empty();
            }
            Counts was = marks.position.counts();
            Counts counts = new Counts(was.total(), was.unread() - read.size(), was.unseen());
            advance(h, user, counts, "");
            return Optional.of(new InboxChange(marks.next(), InboxJson.read(read, counts)));
        }));
    }

    /// Marks everything created up to an offset read, in one change whatever their number.
    ///
    /// @return the change to publish, or empty when nothing up to there was unread
    public Optional<InboxChange> markReadThrough(String user, long offset) {
        return jdbi.inTransaction(h -> marks(h, user, true).flatMap(marks -> {
            long through = Math.min(offset, marks.position.head());
            if (through <= marks.readThrough) {
                return Optional.empty();
            }
            Counts was = marks.position.counts();
            int unread = through == marks.position.head() ? 0 : unreadAfter(h, user, through);
            if (unread == was.unread()) {
                return Optional.empty();
            }
            Counts counts = new Counts(was.total(), unread, was.unseen());
            advance(
                    h,
                    user,
                    counts,
                    ", read_through = " + through + ", read_through_changed = head + 1, read_through_at = now()");
            return Optional.of(new InboxChange(marks.next(), InboxJson.through("readThrough", through, counts)));
        }));
    }

    /// Marks everything created up to an offset seen (it was listed).
    ///
    /// @return the change to publish, or empty when it was seen already
    public Optional<InboxChange> markSeenThrough(String user, long offset) {
        return jdbi.inTransaction(h -> marks(h, user, true).flatMap(marks -> {
            long through = Math.min(offset, marks.position.head());
            if (through <= marks.seenThrough) {
                return Optional.empty();
            }
            Counts was = marks.position.counts();
            int unseen = through == marks.position.head() ? 0 : createdAfter(h, user, through);
            if (unseen == was.unseen()) {
                return Optional.empty();
            }
            Counts counts = new Counts(was.total(), was.unread(), unseen);
            advance(h, user, counts, ", seen_through = " + through + ", seen_through_changed = head + 1");
            return Optional.of(new InboxChange(marks.next(), InboxJson.through("seenThrough", through, counts)));
        }));
    }

    /// Marks broadcasts read by this user.
    ///
    /// @return the change to publish, or empty when they were read already or do not exist
    public Optional<InboxChange> markAnnouncementsRead(String user, Collection<UUID> broadcasts) {
        return jdbi.inTransaction(h -> {
            h.createUpdate(
                            "insert into inboxes (user_id, head, total, unread, unseen) values (:user, 0, 0, 0, 0) on conflict do nothing")
                    .bind("user", user)
                    .execute();
            Marks marks = marks(h, user, true).orElseThrow();
            List<UUID> read = h.createQuery("""
                            insert into announcement_reads (user_id, broadcast_id, changed_offset)
                            select :user, id, :next from broadcasts where id = any(:ids)
                            on conflict do nothing returning broadcast_id
                            """)
                    .bind("user", user)
                    .bind("next", marks.next())
                    .bindArray("ids", UUID.class, broadcasts.toArray())
                    .mapTo(UUID.class)
                    .list();
            if (read.isEmpty()) {
                return Optional.empty();
            }
            advance(h, user, marks.position.counts(), "");
            return Optional.of(
                    new InboxChange(marks.next(), InboxJson.announcementsRead(read, marks.position.counts())));
        });
    }

    private static void advance(Handle h, String user, Counts counts, String also) {
        h.createUpdate("update inboxes set head = head + 1, unread = :unread, unseen = :unseen" + also
                        + " where user_id = :user")
                .bind("unread", counts.unread())
                .bind("unseen", counts.unseen())
                .bind("user", user)
                .execute();
    }

    private static int unreadAfter(Handle h, String user, long offset) {
        return count(h, user, offset, " and read_at is null");
    }

    private static int createdAfter(Handle h, String user, long offset) {
        return count(h, user, offset, "");
    }

    private static int count(Handle h, String user, long offset, String where) {
        return h.createQuery(
                        "select count(*) from notifications where user_id = :user and created_offset > :offset" + where)
                .bind("user", user)
                .bind("offset", offset)
                .mapTo(Integer.class)
                .one();
    }

    private static InboxPosition position(Handle h, String user) {
        return marks(h, user, false).map(Marks::position).orElse(InboxPosition.START);
    }

    private static Optional<Marks> marks(Handle h, String user, boolean lock) {
        return h.createQuery("""
                        select user_id, head, total, unread, unseen, read_through, read_through_changed, seen_through,
                               seen_through_changed, expired_changed
                        from inboxes where user_id = :user
                        """ + (lock ? " for update" : ""))
                .bind("user", user)
                .map((row, c) -> new Marks(
                        position(row), row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9), row.getLong(10)))
                .findOne();
    }

    private static InboxPosition position(ResultSet row) throws SQLException {
        return new InboxPosition(row.getLong(2), new Counts(row.getInt(3), row.getInt(4), row.getInt(5)));
    }

    private static InboxItem item(ResultSet row) throws SQLException {
        return new InboxItem(
                row.getObject(1, UUID.class),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                Priority.ofCode(row.getInt(6)),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getBoolean(11),
                row.getBoolean(12),
                row.getBoolean(13),
                Optional.ofNullable(row.getString(14)));
    }

    /// The row of one inbox.
    private record Marks(
            InboxPosition position,
            long readThrough,
            long readThroughChanged,
            long seenThrough,
            long seenThroughChanged,
            long expiredChanged) {
        long next() {
            return position.head() + 1;
        }

        InboxChange through(String kind, long changed, long through) {
            Counts counts = changed == position.head() ? position.counts() : null;
            return new InboxChange(changed, InboxJson.through(kind, through, counts));
        }
    }
}
