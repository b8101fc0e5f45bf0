package io.belfry.core.inbox;

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
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// The inboxes: per user a log of notifications and of their changes of state, each at its own offset. Thread-safe;
/// every method blocks on the database. What changes them is in [InboxActs].
@Singleton
public final class InboxLog {
    private static final String STANDINGS = """
            select i.user_id, i.head, i.total, i.unread, i.unseen,
                   u.id, installation.epoch, coalesce(g.generation, 0) as generation
            from installation cross join unnest(:users) as u(id)
            left join inbox_generations g on g.place = inbox_place(u.id)
            left join inboxes i on i.user_id = u.id
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

    /// Where many inboxes stand, in one query. Users without an inbox stand at [InboxPosition#START].
    public Map<String, InboxStanding> standings(Collection<String> users) {
        return jdbi.withHandle(h -> {
            var standings = new HashMap<String, InboxStanding>();
            h.createQuery(STANDINGS)
                    .bindArray("users", String.class, users.toArray())
                    .map((row, c) -> Map.entry(row.getString("id"), standing(row)))
                    .forEach(e -> standings.put(e.getKey(), e.getValue()));
            return standings;
        });
    }

    private static InboxStanding standing(ResultSet row) throws SQLException {
        return new InboxStanding(
                InboxEpoch.of(row.getString("epoch"), row.getInt("generation")),
                row.getString("user_id") == null ? InboxPosition.START : InboxRow.position(row));
    }

    public InboxPosition position(String user) {
        return jdbi.withHandle(h -> position(h, user));
    }

    private static InboxPosition position(Handle h, String user) {
        return InboxRow.find(h, user).map(InboxRow::position).orElse(InboxPosition.START);
    }

    /// A page of what the inbox shows, newest first.
    public InboxPage list(String user, OptionalLong before, int limit) {
        return list(user, InboxFilter.LISTED, before, limit);
    }

    /// A page, newest first.
    ///
    /// @param filter which of them; counts are those of the whole inbox
    /// @param before only what was created before this offset, the `before` of the page above; empty for the first
    ///     page
    public InboxPage list(String user, InboxFilter filter, OptionalLong before, int limit) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, h -> {
            Query query = InboxItems.query(
                    h,
                    user,
                    filter.condition() + " and n.created_offset < :before order by n.created_offset desc limit :limit");
            filter.category().ifPresent(category -> query.bind("category", category));
            List<InboxItem> items = query.bind("before", before.orElse(Long.MAX_VALUE))
                    .bind("limit", limit + 1)
                    .map((row, c) -> InboxItems.item(row))
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
            Optional<InboxRow> found = InboxRow.find(h, user);
            InboxPosition position = found.map(InboxRow::position).orElse(InboxPosition.START);
            if (after > position.head()) {
                return new Recovery.Reload(position);
            }
            if (after == position.head()) {
                return new Recovery.Complete(position, List.of());
            }
            if (after < found.orElseThrow().expiredChanged()) {
                return new Recovery.Reload(position);
            }
            List<Changed> changed = changedAfter(h, user, after, limit + 1);
            if (changed.size() > limit) {
                return new Recovery.Reload(position);
            }
            List<InboxChange> changes = changes(h, user, after, changed, found.orElseThrow());
            long bytes = changes.stream().mapToLong(c -> c.data().length).sum();
            // What led to the head may be gone: a mark on a broadcast of long ago.
            boolean reachesHead = !changes.isEmpty() && changes.getLast().offset() == position.head();
            return !reachesHead || changes.size() > limit || bytes > maxBytes
                    ? new Recovery.Reload(position)
                    : new Recovery.Complete(position, changes);
        });
    }

    /// A notification in its present state, or what is left of one.
    private record Changed(InboxItem item, boolean isRecalled) {
        InboxChange at(long head, Counts there) {
            Counts counts = item.changedOffset() == head ? there : null;
            return new InboxChange(
                    item.changedOffset(),
                    isRecalled
                            ? InboxJson.changed("recalled", List.of(item.id()), counts)
                            : InboxJson.notification(item, counts));
        }
    }

    private static List<Changed> changedAfter(Handle h, String user, long after, int limit) {
        return InboxItems.query(h, user, "n.changed_offset > :after order by n.changed_offset limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, c) -> new Changed(InboxItems.item(row), InboxItems.isRecalled(row)))
                .list();
    }

    private static List<InboxChange> changes(Handle h, String user, long after, List<Changed> changed, InboxRow marks) {
        long head = marks.head();
        Counts counts = marks.counts();
        var changes = new ArrayList<InboxChange>();
        changed.forEach(one -> changes.add(one.at(head, counts)));
        if (marks.readThroughChanged() > after) {
            changes.add(marks.through("readThrough", marks.readThroughChanged(), marks.readThrough()));
        }
        if (marks.seenThroughChanged() > after) {
            changes.add(marks.through("seenThrough", marks.seenThroughChanged(), marks.seenThrough()));
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
}
