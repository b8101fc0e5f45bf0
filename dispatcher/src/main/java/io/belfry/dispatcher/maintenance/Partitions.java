package io.belfry.dispatcher.maintenance;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/// The weekly partitions. Making and dropping one locks its whole table for a moment: what does not get the lock within
/// 300 ms fails, since everybody waits behind it. Thread-safe; blocks on the database.
@Singleton
final class Partitions {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);
    private static final Pattern NAME = Pattern.compile("(events|notifications|push_attempts)_([0-9]{8})");

    private final Jdbi jdbi;

    Partitions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// A table that has partitions.
    enum Parent {
        EVENTS,
        NOTIFICATIONS,
        PUSH_ATTEMPTS;

        String table() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Where rows are whose week has no partition.
        String others() {
            return table() + "_other";
        }
    }

    /// One week of a table.
    record Week(Parent parent, String name, Instant start) {
        Instant end() {
            return start.plus(WEEK);
        }
    }

    /// What becomes of the rows of a partition that is dropped.
    enum Contents {
        /// A partition that has any stays.
        KEPT,
        DROPPED
    }

    /// @return how many were made
    int ensure(Instant since, Instant until) {
        return jdbi.withHandle(
                h -> h.createQuery("select ensure_partitions(cast(:since as timestamptz), cast(:until as timestamptz))")
                        .bind("since", since.toString())
                        .bind("until", until.toString())
                        .mapTo(Integer.class)
                        .one());
    }

    /// Those that end at that time or before, oldest first.
    List<Week> endedBy(Parent parent, Instant time) {
        List<String> names = jdbi.withHandle(h -> h.createQuery("""
                        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                        where i.inhparent = cast(:parent as regclass) order by c.relname
                        """)
                .bind("parent", parent.table())
                .mapTo(String.class)
                .list());
        return names.stream()
                .flatMap(name -> week(parent, name))
                .filter(week -> !week.end().isAfter(time))
                .toList();
    }

    private static Stream<Week> week(Parent parent, String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Stream.of(new Week(
                        parent,
                        name,
                        LocalDate.parse(matcher.group(2), DAY)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()))
                : Stream.empty();
    }

    /// Whether events of that week still wait to be dispatched.
    boolean isPending(Week week) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select exists (
                            select 1 from pending_events
                            where event_id >= uuid_floor(cast(:start as timestamptz))
                                and event_id < uuid_floor(cast(:end as timestamptz)))
                        or exists (
                            select 1 from scheduled_events
                            where event_id >= uuid_floor(cast(:start as timestamptz))
                                and event_id < uuid_floor(cast(:end as timestamptz)))
                        or exists (
                            select 1 from digest_items
                            where event_id >= uuid_floor(cast(:start as timestamptz))
                                and event_id < uuid_floor(cast(:end as timestamptz)))
                        or exists (
                            select 1 from held_events
                            where event_id >= uuid_floor(cast(:start as timestamptz))
                                and event_id < uuid_floor(cast(:end as timestamptz)))
                        """)
                .bind("start", week.start().toString())
                .bind("end", week.end().toString())
                .mapTo(Boolean.class)
                .one());
    }

    /// Removes a batch of old rows that lie in no weekly partition; not of events that still wait to be dispatched.
    ///
    /// @return how many; there may be more while it is the whole batch
    int trimOthers(Parent parent, Instant before, int batch) {
        String unlessPending = parent == Parent.EVENTS
                ? " and not exists (select 1 from pending_events p where p.event_id = o.id)"
                        + " and not exists (select 1 from held_events h where h.event_id = o.id)"
                : "";
        return jdbi.withHandle(h -> h.createUpdate("delete from " + parent.others()
                        + " where id = any(array(select id from " + parent.others()
                        + " o where id < uuid_floor(cast(:before as timestamptz))" + unlessPending + " limit :batch))")
                .bind("before", before.toString())
                .bind("batch", batch)
                .execute());
    }

    /// @return false when it has rows that are to be kept
    boolean drop(Week week, Contents contents) {
        return jdbi.withHandle(h -> h.createQuery("select drop_partition(:parent, :name, :contents)")
                .bind("parent", week.parent().table())
                .bind("name", week.name())
                .bind("contents", contents.name().toLowerCase(Locale.ROOT))
                .mapTo(Boolean.class)
                .one());
    }
}
