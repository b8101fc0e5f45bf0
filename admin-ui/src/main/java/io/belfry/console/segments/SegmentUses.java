package io.belfry.console.segments;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Where a segment is named by something that is still to go out: broadcasts that are not over, and events that wait
/// for their time. Thread-safe; blocks on the database.
@Singleton
final class SegmentUses {
    private static final int SHOWN = 20;
    private static final String BROADCASTS = """
            select id, state, coalesce((select c.value ->> 'title' from jsonb_each(contents) c limit 1), '')
            from broadcasts
            where state not in ('sent', 'cancelled') and test_of is null
                and jsonb_path_exists(audience, '$.** ? (@ == $id)', jsonb_build_object('id', cast(:id as text)))
            order by id desc limit :limit
            """;
    private static final String EVENTS = """
            select e.id, 'scheduled', e.type from scheduled_events s join events e on e.id = s.event_id
            where e.options is not null
                and jsonb_path_exists(e.options::jsonb, '$.segments[*] ? (@ == $id)', jsonb_build_object('id', cast(:id as text)))
            order by s.due_at limit :limit
            """;

    private final Jdbi jdbi;

    SegmentUses(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param link to its page
    record Use(String what, String name, String state, String link) {}

    List<Use> of(String segment) {
        return jdbi.withHandle(h -> {
            var uses = h.createQuery(BROADCASTS)
                    .bind("id", segment)
                    .bind("limit", SHOWN)
                    .map((row, c) -> new Use(
                            "broadcast",
                            row.getString(3),
                            row.getString(2).replace('_', ' '),
                            "/console/broadcasts/" + row.getObject(1, UUID.class)))
                    .list();
            uses.addAll(h.createQuery(EVENTS)
                    .bind("id", segment)
                    .bind("limit", SHOWN)
                    .map((row, c) -> new Use(
                            "event",
                            row.getString(3),
                            row.getString(2),
                            "/console/timers?event=" + row.getObject(1, UUID.class)))
                    .list());
            return uses;
        });
    }
}
