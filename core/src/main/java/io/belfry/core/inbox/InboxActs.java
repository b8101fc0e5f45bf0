package io.belfry.core.inbox;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Writes what users do with their inboxes. Each act takes the next offset and leaves counts that are exact there, in
/// one transaction that holds the inbox. Thread-safe; every method blocks on the database.
@Singleton
public final class InboxActs {
    private static final String UPDATE = """
            with chosen as materialized (
                select n.id, %%1$s as nth from notifications n, inboxes i
                where n.id = any(:ids) and n.user_id = :user and i.user_id = :user
                    and n.place is distinct from 'recalled' and %%2$s
            )
            update notifications n set %%3$s, changed_offset = :head + chosen.nth
            from chosen, inboxes i where n.id = chosen.id and i.user_id = :user
            returning n.id, new.changed_offset, %s
            """.formatted(InboxRules.changes());
    private static final String TOGETHER = "1";
    private static final String ONE_BY_ONE = "row_number() over (order by n.created_offset)";

    private final Jdbi jdbi;

    public InboxActs(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @return the changes to publish, in the order of their offsets; none when nothing changed
    public List<InboxChange> perform(String user, InboxAct act) {
        return jdbi.inTransaction(h -> InboxRow.lock(h, user)
                .map(inbox -> new Acting(h, user, inbox).perform(act))
                .orElse(List.of()));
    }

    /// Marks everything created up to an offset read, in one change whatever their number.
    ///
    /// @return the change to publish, or empty when nothing in the list was unread up to there
    public Optional<InboxChange> markReadThrough(String user, long offset) {
        return jdbi.inTransaction(h -> InboxRow.lock(h, user)
                .flatMap(inbox -> new Acting(h, user, inbox).readThrough(Math.min(offset, inbox.head()))));
    }

    /// Marks everything created up to an offset seen (it was listed).
    ///
    /// @return the change to publish, or empty when it was seen already
    public Optional<InboxChange> markSeenThrough(String user, long offset) {
        return jdbi.inTransaction(h -> InboxRow.lock(h, user)
                .flatMap(inbox -> new Acting(h, user, inbox).seenThrough(Math.min(offset, inbox.head()))));
    }

    /// Marks broadcasts read by this user.
    ///
    /// @return the change to publish, or empty when all of them were read already or do not exist
    public Optional<InboxChange> markAnnouncementsRead(String user, Collection<UUID> broadcasts) {
        return jdbi.inTransaction(h -> {
            // Whoever has no inbox yet reads announcements all the same, and it is a change like any other.
            h.createUpdate("insert into inboxes (user_id, head, total, unread, unseen) values (:user, 0, 0, 0, 0)"
                            + " on conflict do nothing")
                    .bind("user", user)
                    .execute();
            return new Acting(h, user, InboxRow.lock(h, user).orElseThrow()).announcementsRead(broadcasts);
        });
    }

    /// One inbox in the hands of one transaction.
    private record Acting(Handle h, String user, InboxRow inbox) {
        List<InboxChange> perform(InboxAct act) {
            return switch (act) {
                case InboxAct.Read(List<UUID> ids) ->
                    together("read", ids, "read_at = now(), unread_offset = null", "not " + InboxRules.read("n"));
                case InboxAct.Unread(List<UUID> ids) ->
                    together("unread", ids, "read_at = null, unread_offset = :head + 1", InboxRules.read("n"));
                case InboxAct.Archive(List<UUID> ids) ->
                    together(
                            "archived",
                            ids,
                            "place = 'archived', snoozed_until = null",
                            "n.place is distinct from 'archived'");
                case InboxAct.Acknowledge(List<UUID> ids) -> acknowledge(ids);
                case InboxAct.Snooze(List<UUID> ids, Instant until) ->
                    snooze(ids, until.truncatedTo(ChronoUnit.MILLIS));
                case InboxAct.Unarchive(List<UUID> ids) -> oneByOne(ids, "place = null", "n.place = 'archived'");
                case InboxAct.Unsnooze(List<UUID> ids) ->
                    oneByOne(ids, "place = null, snoozed_until = null", "n.place = 'snoozed'");
            };
        }

        /// It repeats itself no more from here on.
        private List<InboxChange> acknowledge(List<UUID> ids) {
            List<InboxChange> changes = together(
                    "acknowledged",
                    ids,
                    "acknowledged_at = now(), read_at = coalesce(n.read_at, now()), unread_offset = null",
                    "n.acknowledged_at is null");
            h.createUpdate("delete from repeats where notification_id = any(:ids) and user_id = :user")
                    .bindArray("ids", UUID.class, ids.toArray())
                    .bind("user", user)
                    .execute();
            return changes;
        }

        private List<InboxChange> together(String kind, List<UUID> ids, String change, String where) {
            List<Changed> changed = update(ids, change, where, TOGETHER, Map.of());
            if (changed.isEmpty()) {
                return List.of();
            }
            Counts counts = counted(changed);
            advance(1, counts, "");
            return List.of(new InboxChange(inbox.next(), InboxJson.changed(kind, idsOf(changed), counts)));
        }

        private List<InboxChange> snooze(List<UUID> ids, Instant until) {
            List<Changed> changed = update(
                    ids,
                    "place = 'snoozed', snoozed_until = cast(:until as timestamptz)",
                    "n.snoozed_until is distinct from cast(:until as timestamptz)",
                    TOGETHER,
                    Map.of("until", until.toString()));
            if (changed.isEmpty()) {
                return List.of();
            }
            h.createUpdate("""
                            insert into snoozes (notification_id, user_id, due_at)
                            select id, :user, cast(:until as timestamptz) from unnest(:ids) as t(id)
                            on conflict (notification_id) do update set due_at = excluded.due_at
                            """)
                    .bind("user", user)
                    .bind("until", until.toString())
                    .bindArray("ids", UUID.class, idsOf(changed).toArray())
                    .execute();
            Counts counts = counted(changed);
            advance(1, counts, "");
            return List.of(new InboxChange(inbox.next(), InboxJson.snoozed(idsOf(changed), until, counts)));
        }

        /// A client may not have what comes back to the list. So it is told of each in full, at an offset of its own.
        private List<InboxChange> oneByOne(List<UUID> ids, String change, String where) {
            List<Changed> changed = update(ids, change, where, ONE_BY_ONE, Map.of());
            if (changed.isEmpty()) {
                return List.of();
            }
            advance(changed.size(), counted(changed), "");
            var changes = new ArrayList<InboxChange>(changed.size());
            Counts counts = inbox.counts();
            List<InboxItem> items = InboxItems.query(h, user, "n.id = any(:ids) order by n.changed_offset")
                    .bindArray("ids", UUID.class, idsOf(changed).toArray())
                    .map((row, c) -> InboxItems.item(row))
                    .list();
            for (int i = 0; i < items.size(); i++) {
                counts = counts.plus(changed.get(i).difference);
                changes.add(
                        new InboxChange(items.get(i).changedOffset(), InboxJson.notification(items.get(i), counts)));
            }
            return changes;
        }

        /// @param nth which of the next offsets each takes
        /// @param values that the change names
        private List<Changed> update(
                List<UUID> ids, String change, String where, String nth, Map<String, String> values) {
            return h
                    .createQuery(UPDATE.formatted(nth, where, change))
                    .bindArray("ids", UUID.class, ids.toArray())
                    .bind("user", user)
                    .bind("head", inbox.head())
                    .bindMap(values)
                    .map((row, c) -> new Changed(
                            row.getObject(1, UUID.class),
                            row.getLong(2),
                            new Counts(row.getInt(3), row.getInt(4), row.getInt(5))))
                    .stream()
                    .sorted(Comparator.comparingLong(Changed::offset))
                    .toList();
        }

        private Counts counted(List<Changed> changed) {
            Counts counts = inbox.counts();
            for (Changed one : changed) {
                counts = counts.plus(one.difference);
            }
            return counts;
        }

        private static List<UUID> idsOf(List<Changed> changed) {
            return changed.stream().map(Changed::id).toList();
        }

        Optional<InboxChange> readThrough(long through) {
            if (through <= inbox.readThrough()) {
                return readAgainThrough(through);
            }
            Counts was = inbox.counts();
            Counts after = after(through);
            if (after.unread() == was.unread()) {
                return Optional.empty();
            }
            Counts counts = new Counts(was.total(), after.unread(), after.unseen());
            advance(
                    1,
                    counts,
                    ", read_through = " + through + ", read_through_changed = head + 1, read_through_at = now()");
            return Optional.of(new InboxChange(inbox.next(), InboxJson.through("readThrough", through, counts)));
        }

        /// Below the mark only those are unread that were marked so; the mark stays where it is.
        private Optional<InboxChange> readAgainThrough(long through) {
            Map<UUID, Boolean> unread = new HashMap<>();
            h.createQuery("""
                            select n.id, n.place is null from notifications n, inboxes i
                            where n.user_id = :user and i.user_id = :user and n.created_offset <= :through
                                and n.unread_offset is not null and n.place is distinct from 'recalled' and not
                            """ + InboxRules.read("n"))
                    .bind("user", user)
                    .bind("through", through)
                    .map((row, c) -> Map.entry(row.getObject(1, UUID.class), row.getBoolean(2)))
                    .forEach(e -> unread.put(e.getKey(), e.getValue()));
            if (!unread.containsValue(true)) {
                return Optional.empty();
            }
            List<Changed> changed = update(
                    List.copyOf(unread.keySet()), "read_at = now(), unread_offset = null", "true", TOGETHER, Map.of());
            Counts counts = counted(changed);
            advance(1, counts, "");
            return Optional.of(new InboxChange(inbox.next(), InboxJson.through("readThrough", through, counts)));
        }

        Optional<InboxChange> seenThrough(long through) {
            if (through <= inbox.seenThrough()) {
                return Optional.empty();
            }
            Counts was = inbox.counts();
            Counts counts = new Counts(was.total(), was.unread(), after(through).unseen());
            if (counts.unseen() == was.unseen()) {
                return Optional.empty();
            }
            advance(1, counts, ", seen_through = " + through + ", seen_through_changed = head + 1");
            return Optional.of(new InboxChange(inbox.next(), InboxJson.through("seenThrough", through, counts)));
        }

        /// What of the list was created after an offset.
        private Counts after(long offset) {
            if (offset == inbox.head()) {
                return Counts.NONE;
            }
            return h.createQuery("""
                            select count(*), count(*) filter (where %s), count(*) filter (where %s)
                            from notifications n, inboxes i
                            where n.user_id = :user and i.user_id = :user and n.created_offset > :offset and %s
                            """.formatted(InboxRules.unread("n"), InboxRules.unseen("n"), InboxRules.listed("n")))
                    .bind("user", user)
                    .bind("offset", offset)
                    .map((row, c) -> new Counts(row.getInt(1), row.getInt(2), row.getInt(3)))
                    .one();
        }

        Optional<InboxChange> announcementsRead(Collection<UUID> broadcasts) {
            List<UUID> read = h.createQuery("""
                            insert into announcement_reads (user_id, broadcast_id, changed_offset)
                            select :user, id, :next from broadcasts where id = any(:ids)
                            on conflict do nothing returning broadcast_id
                            """)
                    .bind("user", user)
                    .bind("next", inbox.next())
                    .bindArray("ids", UUID.class, broadcasts.toArray())
                    .mapTo(UUID.class)
                    .list();
            if (read.isEmpty()) {
                return Optional.empty();
            }
            advance(1, inbox.counts(), "");
            return Optional.of(new InboxChange(inbox.next(), InboxJson.announcementsRead(read, inbox.counts())));
        }

        private void advance(int changes, Counts counts, String also) {
            h.createUpdate("update inboxes set head = head + :changes, total = :total, unread = :unread,"
                            + " unseen = :unseen" + also + " where user_id = :user")
                    .bind("changes", changes)
                    .bind("total", counts.total())
                    .bind("unread", counts.unread())
                    .bind("unseen", counts.unseen())
                    .bind("user", user)
                    .execute();
        }
    }

    /// @param difference by how much it changes the counts
    private record Changed(UUID id, long offset, Counts difference) {}
}
