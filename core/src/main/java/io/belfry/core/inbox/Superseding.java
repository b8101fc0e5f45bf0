package io.belfry.core.inbox;

import io.belfry.core.database.ArrayColumns;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes out of the inboxes what newer notifications with the same collapse key replace, in the same transaction and at
/// the same offsets: whoever gets the newer one drops those before it with its key. Pushes that still wait go too.
/// Stateless.
@Singleton
public final class Superseding {
    private static final String REPLACE =
            """
            with newer as materialized (
                select * from unnest(?::text[], ?::text[], ?::int8[]) as t(user_id, collapse_key, created_offset)
            ), old as (
                delete from notifications n using newer, inboxes i
                where n.user_id = newer.user_id and n.collapse_key = newer.collapse_key
                    and n.created_offset < newer.created_offset and i.user_id = n.user_id
                returning n.*, newer.created_offset as replaced_at, %s as listed, %s as unread, %s as unseen
            ), untimed as (
                delete from push_timers t using old
                where t.user_id = old.user_id and t.created_offset = old.created_offset
            ), kept as (
                insert into unlisted_notifications (id, user_id, event_id, type, category, priority, reason)
                select id, user_id, event_id, type, category, priority, 'superseded' from old
            ), counted as (
                update inboxes i
                set total = i.total - gone.total, unread = i.unread - gone.unread, unseen = i.unseen - gone.unseen
                from (select user_id, count(*) filter (where listed) as total, count(*) filter (where unread) as unread,
                             count(*) filter (where unseen) as unseen
                      from old group by user_id) gone
                where i.user_id = gone.user_id
            )
            select user_id, replaced_at, count(*) filter (where listed), count(*) filter (where unread),
                   count(*) filter (where unseen)
            from old group by user_id, replaced_at
            """.formatted(InboxRules.listed("n"), InboxRules.unread("n"), InboxRules.unseen("n"));

    /// @param written in the same transaction, which holds the inboxes
    /// @return the same with their counts corrected
    List<Written> replace(Connection connection, List<Written> written) throws SQLException {
        List<Written> newer = written.stream()
                .filter(w -> w.notification().collapseKey().isPresent())
                .toList();
        if (newer.isEmpty()) {
            return written;
        }
        Map<String, List<Gone>> gone = new HashMap<>();
        try (PreparedStatement replace = connection.prepareStatement(REPLACE)) {
            new ArrayColumns(replace)
                    .add("text", String[]::new, newer, w -> w.notification().userId())
                    .add("text", String[]::new, newer, w -> w.notification()
                            .collapseKey()
                            .orElseThrow())
                    .add("int8", Long[]::new, newer, Written::offset);
            try (ResultSet row = replace.executeQuery()) {
                while (row.next()) {
                    gone.computeIfAbsent(row.getString(1), user -> new ArrayList<>())
                            .add(new Gone(row.getLong(2), row.getInt(3), row.getInt(4), row.getInt(5)));
                }
            }
        }
        return gone.isEmpty()
                ? written
                : written.stream()
                        .map(w ->
                                corrected(w, gone.getOrDefault(w.notification().userId(), List.of())))
                        .toList();
    }

    /// What went at one offset.
    private record Gone(long offset, int total, int unread, int unseen) {}

    private static Written corrected(Written written, List<Gone> gone) {
        Counts counts = written.counts();
        for (Gone one : gone) {
            if (one.offset <= written.offset()) {
                counts = new Counts(
                        counts.total() - one.total, counts.unread() - one.unread, counts.unseen() - one.unseen);
            }
        }
        return new Written(written.notification(), written.offset(), counts);
    }
}
