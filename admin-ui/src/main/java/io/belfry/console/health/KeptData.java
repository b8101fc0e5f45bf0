package io.belfry.console.health;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;

/// How much is kept, and since when, by the partitions that retention drops. Thread-safe; blocks on the database.
@Singleton
final class KeptData {
    private static final String PARTITIONED = """
            select parent.relname,
                   count(*),
                   pg_size_pretty(sum(part.size)),
                   sum(greatest(part.reltuples, 0))
            from pg_class parent
            join lateral (
                select c.reltuples::bigint as reltuples, pg_total_relation_size(c.oid) as size
                from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = parent.oid) part on true
            where parent.relkind = 'p' and parent.relnamespace = 'public'::regnamespace
            group by parent.relname order by sum(part.size) desc
            """;

    private final Jdbi jdbi;

    KeptData(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param rows about so many, as the planner knows
    record Table(String name, int partitions, String size, long rows) {
        public String says() {
            return String.format(Locale.ENGLISH, "about %,d rows", rows);
        }
    }

    List<Table> list() {
        return jdbi.withHandle(h -> h.createQuery(PARTITIONED)
                .map((row, c) ->
                        new Table(row.getString(1).replace('_', ' '), row.getInt(2), row.getString(3), row.getLong(4)))
                .list());
    }
}
