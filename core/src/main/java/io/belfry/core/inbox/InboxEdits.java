package io.belfry.core.inbox;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Writes what senders do to notifications that are in inboxes: each takes the next offset of its inbox. All within the
/// caller's transaction, which holds the inboxes until it ends; no user may have two of the notifications of one call.
/// Stateless.
@Singleton
public final class InboxEdits {
    private static final String HOLD = """
            select user_id from inboxes
            where user_id in (select user_id from notifications where id = any(:ids)) order by user_id for update
            """;
    private static final String RECALL = """
            with changed as (
                update notifications n
                set place = 'recalled', snoozed_until = null, recalled_at = now(), changed_offset = i.head + 1
                from inboxes i
                where n.id = any(:ids) and i.user_id = n.user_id and n.place is distinct from 'recalled'
                returning n.id, n.user_id, %s
            ), woken as (
                delete from snoozes s using changed where s.notification_id = changed.id
            )
            update inboxes i
            set head = i.head + 1, total = i.total + c.total, unread = i.unread + c.unread, unseen = i.unseen + c.unseen
            from changed c (id, user_id, total, unread, unseen) where i.user_id = c.user_id
            returning i.user_id, i.head, i.total, i.unread, i.unseen, c.id
            """.formatted(InboxRules.changes());
    private static final String EDIT = """
            with words as materialized (
                select * from unnest(cast(:ids as uuid[]), cast(:titles as text[]), cast(:bodies as text[]),
                                     cast(:links as text[]), cast(:whole as bool[])) as t (id, title, body, link, whole)
            ), changed as (
                update notifications n
                set title = case when w.whole then w.title else coalesce(w.title, n.title) end,
                    body = case when w.whole then w.body else coalesce(w.body, n.body) end,
                    link = case when w.whole then w.link else coalesce(w.link, n.link) end, data = coalesce(cast(:data as json), n.data), edited_at = now(),
                    changed_offset = i.head + 1
                from words w, inboxes i
                where n.id = w.id and i.user_id = n.user_id and n.place is distinct from 'recalled'
                returning n.id, n.user_id
            )
            update inboxes i set head = i.head + 1 from changed c where i.user_id = c.user_id
            returning i.user_id, i.head, i.total, i.unread, i.unseen, c.id
            """;

    /// The words that take the place of those that are there.
    ///
    /// @param isWhole whether what is absent goes; else it stays
    public record Words(
            UUID id, Optional<String> title, Optional<String> body, Optional<String> link, boolean isWhole) {}

    private record Place(String user, InboxPosition position, UUID id) {
        static Place of(ResultSet row) throws SQLException {
            return new Place(row.getString(1), InboxRow.position(row), row.getObject(6, UUID.class));
        }
    }

    /// Leaves tombstones: what was recalled is in no list, and whoever has it is told to drop it.
    ///
    /// @return what to publish after the commit, by user; those that were recalled before are left as they are
    public Map<String, InboxChange> recall(Handle h, List<UUID> ids) {
        hold(h, ids);
        var changes = new HashMap<String, InboxChange>();
        h.createQuery(RECALL)
                .bindArray("ids", UUID.class, ids.toArray())
                .map((row, c) -> Place.of(row))
                .forEach(place -> changes.put(
                        place.user,
                        new InboxChange(
                                place.position.head(),
                                InboxJson.changed("recalled", List.of(place.id), place.position.counts()))));
        return changes;
    }

    /// Changes what they say, wherever they are; read or not they stay as they were.
    ///
    /// @param data in place of the event's, or of the one before
    /// @return what to publish after the commit, by user; recalled ones are left as they are
    public Map<String, InboxChange> edit(Handle h, List<Words> words, Optional<String> data) {
        UUID[] ids = words.stream().map(Words::id).toArray(UUID[]::new);
        hold(h, List.of(ids));
        Map<UUID, Place> places = new HashMap<>();
        h.createQuery(EDIT)
                .bindArray("ids", UUID.class, (Object[]) ids)
                .bindArray("titles", String.class, texts(words, Words::title))
                .bindArray("bodies", String.class, texts(words, Words::body))
                .bindArray("links", String.class, texts(words, Words::link))
                .bindArray(
                        "whole",
                        Boolean.class,
                        words.stream().map(Words::isWhole).toArray())
                .bind("data", data.orElse(null))
                .map((row, c) -> Place.of(row))
                .forEach(place -> places.put(place.id, place));
        var changes = new HashMap<String, InboxChange>();
        InboxItems.query(h, places.keySet())
                .map((row, c) -> InboxItems.item(row))
                .forEach(item -> {
                    Place place = places.get(item.id());
                    changes.put(
                            place.user,
                            new InboxChange(
                                    place.position.head(), InboxJson.notification(item, place.position.counts())));
                });
        return changes;
    }

    private interface Part {
        Optional<String> of(Words words);
    }

    private static Object[] texts(List<Words> words, Part part) {
        return words.stream().map(w -> part.of(w).orElse(null)).toArray();
    }

    private static void hold(Handle h, List<UUID> ids) {
        h.createQuery(HOLD)
                .bindArray("ids", UUID.class, ids.toArray())
                .mapTo(String.class)
                .list();
    }
}
