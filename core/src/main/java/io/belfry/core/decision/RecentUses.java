package io.belfry.core.decision;

import io.belfry.core.database.ArrayColumns;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Counts how often each user got something within a window: what throttles and the search for duplicates rest on. One
/// statement for a batch. Stateless.
@Singleton
public final class RecentUses {
    /// Rows are locked in order, or two writers would deadlock. A window that is over is followed by one that begins
    /// now; where uses wait for later windows (`per_window`), by the next ones without a break, each of which takes
    /// over its share of them.
    private static final String TAKE = """
            insert into recent_uses as r (user_id, key, began_at, uses, ends_at, per_window)
            select user_id, key, began_at, uses, ends_at, per_window
            from unnest(?::text[], ?::uuid[], ?::timestamptz[], ?::int4[], ?::timestamptz[], ?::int4[])
                as t(user_id, key, began_at, uses, ends_at, per_window)
            order by user_id, key
            on conflict (user_id, key) do update
                set (began_at, uses, ends_at, per_window) = (
                    select w.began_at, excluded.uses + w.carried,
                           w.began_at + (excluded.ends_at - excluded.began_at), excluded.per_window
                    from (select case when excluded.began_at < r.ends_at then r.began_at
                                      when excluded.per_window > 0 and r.uses > excluded.per_window * passed.windows
                                      then r.began_at + passed.windows * (excluded.ends_at - excluded.began_at)
                                      else excluded.began_at end as began_at,
                                 case when excluded.began_at < r.ends_at then r.uses
                                      when excluded.per_window > 0
                                      then greatest(0, r.uses - excluded.per_window * passed.windows)::int
                                      else 0 end as carried
                          from (select floor(extract(epoch from excluded.began_at - r.began_at)
                                             / extract(epoch from excluded.ends_at - excluded.began_at))::int as windows
                               ) passed) w)
            returning user_id, key, began_at, uses
            """;

    /// One use of a key by a user.
    ///
    /// @param perWindow how many of the uses a window takes over, if what is beyond waits; else 0
    record Use(String user, UUID key, Duration window, int perWindow) {}

    /// Which use it is within its window.
    ///
    /// @param number from 1
    record Place(int number, Instant windowBegan) {}

    private record Key(String user, UUID key) {}

    private record Total(Use use, int count) {}

    private record Taken(int next, Instant began) {}

    /// Runs within the caller's transaction: what it rolls back was not used.
    ///
    /// @return a place for each use, in their order
    List<Place> take(Connection connection, List<Use> uses, Instant now) throws SQLException {
        var totals = new LinkedHashMap<Key, Total>();
        for (Use use : uses) {
            totals.merge(key(use), new Total(use, 1), (one, more) -> new Total(one.use, one.count + 1));
        }
        Map<Key, Taken> taken = take(connection, totals, now);
        var places = new ArrayList<Place>(uses.size());
        for (Use use : uses) {
            Taken place = taken.get(key(use));
            places.add(new Place(place.next, place.began));
            taken.put(key(use), new Taken(place.next + 1, place.began));
        }
        return places;
    }

    private static Key key(Use use) {
        return new Key(use.user, use.key);
    }

    private static Map<Key, Taken> take(Connection connection, Map<Key, Total> totals, Instant now)
            throws SQLException {
        List<Total> rows = List.copyOf(totals.values());
        var taken = new HashMap<Key, Taken>();
        try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            new ArrayColumns(take)
                    .add("text", String[]::new, rows, r -> r.use.user)
                    .add("uuid", UUID[]::new, rows, r -> r.use.key)
                    .add("timestamptz", String[]::new, rows, r -> now.toString())
                    .add("int4", Integer[]::new, rows, r -> r.count)
                    .add("timestamptz", String[]::new, rows, r -> now.plus(r.use.window)
                            .toString())
                    .add("int4", Integer[]::new, rows, r -> r.use.perWindow);
            try (ResultSet row = take.executeQuery()) {
                while (row.next()) {
                    Key key = new Key(row.getString(1), row.getObject(2, UUID.class));
                    int first = row.getInt(4) - totals.get(key).count + 1;
                    taken.put(key, new Taken(first, row.getTimestamp(3).toInstant()));
                }
            }
        }
        return taken;
    }
}
