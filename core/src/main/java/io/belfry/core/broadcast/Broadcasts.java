package io.belfry.core.broadcast;

import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Broadcasts as operators handle them. What is started is carried out by the dispatchers, which look at the state
/// before every wave. Thread-safe; blocks on the database.
@Singleton
public final class Broadcasts {
    private final Jdbi jdbi;
    private final Signals signals;
    private final Starting starting;
    private final Clock clock;

    public Broadcasts(Jdbi jdbi, Signals signals, ReleaseSettings settings, Clock clock, Sandbox sandbox) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.starting = new Starting(settings, new Testers(sandbox));
        this.clock = clock;
    }

    /// Keeps a broadcast as a draft; nothing is sent.
    public UUID create(NewBroadcast broadcast) {
        return jdbi.withHandle(h -> h.createQuery("""
                        insert into broadcasts (state, audience, contents, category, priority, created_by, valid_until, waves,
                                                push_state)
                        values ('draft', :audience::jsonb, :contents::jsonb, :category, :priority, :by, :until, :waves, :push)
                        returning id
                        """)
                .bind("audience", BroadcastRow.write(broadcast.audience()))
                .bind("contents", BroadcastRow.write(broadcast.contents()))
                .bind("category", broadcast.category())
                .bind("priority", broadcast.priority().code())
                .bind("by", broadcast.createdBy())
                .bind("until", broadcast.validUntil().map(Timestamp::from).orElse(null))
                .bind("waves", broadcast.waves())
                .bind("push", broadcast.push() == NewBroadcast.Push.ON ? "waiting" : "off")
                .mapTo(UUID.class)
                .one());
    }

    /// How many people an audience holds now.
    public long count(Audience audience) {
        return jdbi.withHandle(h -> Starting.count(h, audience));
    }

    /// Starts a draft: its audience is fixed now.
    ///
    /// @return false when it is not a draft (it was started already, say), or needs an approval that it has not
    public boolean start(UUID id) {
        return begin(id, new Starting.Confirmed(Optional.empty(), Optional.empty(), "")) instanceof Start.Started;
    }

    /// Lets a draft go as an operator confirmed it, and only so. Nothing leaves within the undo window.
    ///
    /// @param revision of the draft that was reviewed
    /// @param people how many it was said to reach
    /// @param by the operator's e-mail address
    public Start start(UUID id, int revision, long people, String by) {
        return begin(id, new Starting.Confirmed(Optional.of(revision), Optional.of(people), by));
    }

    private Start begin(UUID id, Starting.Confirmed confirmed) {
        Start start = jdbi.inTransaction(h -> starting.begin(h, id, confirmed, clock.instant()));
        signals.raise(Signal.BROADCASTS);
        return start;
    }

    /// Starts the next scheduled broadcast whose time has come. One that may not start becomes a draft again, which the
    /// audit log and the draft itself tell.
    ///
    /// @return its id; empty when there is none
    public Optional<UUID> startDue() {
        return jdbi.inTransaction(h -> starting.due(h, clock.instant())).map(Starting.Due::id);
    }

    /// Takes back a broadcast of which nothing left yet: it is a draft again, with all that was written.
    ///
    /// @return false when it is too late
    public boolean undo(UUID id) {
        return jdbi.inTransaction(h -> starting.undo(h, id));
    }

    /// Holds the waves and pushes that did not go out yet. When this returns, no further wave will come.
    public boolean pause(UUID id) {
        return move(
                id,
                "state = 'paused'",
                "(state = 'sending' or state = 'sent' and push_state in ('waiting', 'sending'))");
    }

    /// Goes on where it stopped; with the pushes, when all waves are out.
    public boolean resume(UUID id) {
        return move(id, "state = case when waves_done = waves then 'sent' else 'sending' end", "state = 'paused'");
    }

    /// Ends it for good; what was sent stays.
    public boolean cancel(UUID id) {
        return move(
                id,
                "state = 'cancelled', finished_at = now(), push_state = case when push_state = 'off' then 'off' else 'done' end",
                "(state in ('draft', 'scheduled', 'sending', 'paused') or state = 'sent' and push_state in ('waiting', 'sending'))");
    }

    private boolean move(UUID id, String set, String when) {
        boolean moved =
                jdbi.withHandle(h -> h.createUpdate("update broadcasts set " + set + " where id = :id and " + when)
                                .bind("id", id)
                                .execute())
                        == 1;
        signals.raise(Signal.BROADCASTS);
        return moved;
    }

    public Optional<Broadcast> find(UUID id) {
        return jdbi.withHandle(h -> Starting.find(h, id, ""));
    }

    /// Newest first, tests and all.
    ///
    /// @param before the last id of the page above; empty for the first page
    public List<Broadcast> list(Optional<UUID> before, int limit) {
        return search(new Search(Set.of(), Optional.empty(), Search.Tests.SHOWN, before, limit));
    }

    /// Which broadcasts to list; empty parts do not narrow.
    ///
    /// @param text part of a title, in any locale and case
    /// @param before the last id of the page above
    public record Search(
            Set<BroadcastState> states, Optional<String> text, Tests tests, Optional<UUID> before, int limit) {
        /// Whether those are listed that only a few people got, to try a draft.
        public enum Tests {
            SHOWN,
            HIDDEN
        }
    }

    /// Newest first.
    public List<Broadcast> search(Search search) {
        StringBuilder where = new StringBuilder(" where true");
        if (!search.states().isEmpty()) {
            where.append(" and state = any(:states)");
        }
        if (search.tests() == Search.Tests.HIDDEN) {
            where.append(" and test_of is null");
        }
        search.before().ifPresent(b -> where.append(" and id < :before"));
        search.text()
                .ifPresent(t -> where.append(" and exists (select 1 from jsonb_each(contents) c"
                        + " where strpos(lower(c.value ->> 'title'), lower(:text)) > 0)"));
        return jdbi.withHandle(h -> {
            var query = h.createQuery("select " + BroadcastRow.COLUMNS + " from broadcasts" + where
                            + " order by id desc limit :limit")
                    .bind("limit", search.limit());
            if (!search.states().isEmpty()) {
                query.bindArray(
                        "states",
                        String.class,
                        search.states().stream().map(BroadcastState::label).toArray());
            }
            search.before().ifPresent(b -> query.bind("before", b));
            search.text().ifPresent(t -> query.bind("text", t));
            return query.map((row, c) -> BroadcastRow.read(row)).list();
        });
    }

    /// How many there are in each state, without tests.
    public Map<BroadcastState, Long> totals() {
        var totals = new EnumMap<BroadcastState, Long>(BroadcastState.class);
        jdbi.useHandle(h -> h.createQuery("select state, count(*) from broadcasts where test_of is null group by state")
                .map((row, c) -> Map.entry(BroadcastState.ofLabel(row.getString(1)), row.getLong(2)))
                .forEach(e -> totals.put(e.getKey(), e.getValue())));
        return totals;
    }

    /// The tests of a draft, newest first.
    public List<Broadcast> testsOf(UUID draft, int limit) {
        return jdbi.withHandle(h -> h.createQuery("select " + BroadcastRow.COLUMNS
                        + " from broadcasts where test_of = :draft order by id desc limit :limit")
                .bind("draft", draft)
                .bind("limit", limit)
                .map((row, c) -> BroadcastRow.read(row))
                .list());
    }
}
