package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditLog;
import io.belfry.core.event.Cancellation;
import io.belfry.core.event.Cancellations;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.Repeats;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.stop.Held;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.belfry.core.trace.EventReport;
import io.belfry.core.trace.EventReports;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Emergency stops of what two dispatchers are busy with, in small batches.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StopsOnThePathTest {
    private static final UUID KEY = new UUID(0, 7);
    private static final AuditLog.Origin OPERATOR = new AuditLog.Origin("ada@example.org", null);
    private static final StopTarget NEWS = new StopTarget.Category("news");
    private static final int USERS = 20;

    private final DispatcherNode one;
    private final DispatcherNode other;
    private final Jdbi jdbi;
    private final Stops stops;

    StopsOnThePathTest(TestDatabase database, RedisServer redis) {
        Map<String, Object> smallBatches =
                Map.of("belfry.dispatcher.batch-events", 50, "belfry.dispatcher.batch-recipients", 50);
        this.one = DispatcherNode.start(database, redis.url(), smallBatches);
        this.other = DispatcherNode.start(database, redis.url(), smallBatches);
        // Of the test's own: those of the dispatchers are broken here.
        this.jdbi = Jdbi.create(database.dataSource());
        this.stops = other.bean(Stops.class);
    }

    @AfterEach
    void endAll() {
        await().atMost(60, SECONDS).ignoreExceptions().untilAsserted(() -> stops.list()
                .forEach(stop -> stops.discard(stop.target(), OPERATOR)));
        await().atMost(60, SECONDS)
                .until(() -> count("select (select count(*) from pending_events) + (select count(*) from held_events)")
                        == 0);
    }

    @AfterAll
    void close() {
        one.close();
        other.close();
    }

    private long count(String sql) {
        return jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
    }

    private static NewEvent event(String type, String category, Priority priority, String user, int n) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                KEY,
                Optional.empty(),
                new byte[0],
                Lanes.of(priority, user),
                type,
                category,
                priority,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                "{\"n\":" + n + "}",
                Optional.empty());
    }

    private void accept(List<NewEvent> events) throws SQLException {
        for (int i = 0; i < events.size(); i += 100) {
            one.bean(EventLog.class).append(events.subList(i, Math.min(events.size(), i + 100)));
            one.bean(Signals.class).raise(Signal.eventsOf(events.getFirst().priority()));
        }
    }

    /// In turn news and what is in no category, to each user in turn.
    private void acceptMixed(String type, int from, int to) throws SQLException {
        var events = new ArrayList<NewEvent>();
        for (int n = from; n < to; n++) {
            String category = n / USERS % 2 == 0 ? "news" : "general";
            events.add(event(type, category, Priority.NORMAL, type + "-" + n % USERS, n));
        }
        accept(events);
    }

    private long written(String type, String category) {
        return count(
                "select count(*) from notifications where type = '" + type + "' and category = '" + category + "'");
    }

    /// Notifications that are in an inbox behind one of the same category that was accepted later.
    private long overtaken(String type) {
        return count("""
                select count(*) from (
                    select (e.data ->> 'n')::int as n, lag((e.data ->> 'n')::int) over (
                        partition by n.user_id, n.category order by n.created_offset) as before
                    from notifications n join events e on e.id = n.event_id where n.type = '%s') x
                where before > n
                """.formatted(type));
    }

    private void awaitWritten(String type, String category, long expected) {
        await().atMost(60, SECONDS).until(() -> written(type, category) >= expected);
        assertThat(written(type, category)).isEqualTo(expected);
    }

    @Test
    void aStoppedCategoryIsHeldUnderLoadAndTheOthersGoOn() throws SQLException {
        acceptMixed("load", 0, 800);
        assertThat(stops.stop(NEWS, "wrong prices", OPERATOR)).isTrue();
        String stopped = jdbi.withHandle(h -> h.createQuery("select clock_timestamp()::text")
                .mapTo(String.class)
                .one());
        acceptMixed("load", 800, 1600);

        awaitWritten("load", "general", 800);
        long news = written("load", "news");
        assertThat(news).isLessThan(400);
        assertThat(count("select count(*) from notifications where category = 'news' and type = 'load'"
                        + " and written_at > '" + stopped + "'"))
                .isZero();
        await().atMost(60, SECONDS).until(() -> count("select count(*) from pending_events") == 0);
        assertThat(stops.held(NEWS)).isEqualTo(new Held(800 - news, 0, 0, true));

        assertThat(stops.release(NEWS, OPERATOR)).isTrue();
        acceptMixed("load", 1600, 2000);

        awaitWritten("load", "news", 1000);
        awaitWritten("load", "general", 1000);
        assertThat(overtaken("load")).isZero();
    }

    /// Every connection of every dispatcher breaks, again and again, as if all were killed.
    @Test
    void aReleaseThatIsKilledGoesOn() throws SQLException {
        stops.stop(NEWS, "", OPERATOR);
        acceptMixed("kill", 0, 2000);
        await().atMost(60, SECONDS).until(() -> count("select count(*) from pending_events") == 0);

        stops.release(NEWS, OPERATOR);
        for (int i = 1; i <= 5; i++) {
            long enough = 120L * i;
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(60, SECONDS)
                    .until(() -> written("kill", "news") > enough);
            jdbi.useHandle(h -> h.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()"));
        }

        awaitWritten("kill", "news", 1000);
        assertThat(overtaken("kill")).isZero();
        assertThat(count("select count(*) from held_events")).isZero();
    }

    @Test
    void stoppingAndReleasingInTurnKeepsTheOrder() throws SQLException {
        acceptMixed("turn", 0, 2000);
        for (int i = 0; i < 10; i++) {
            stops.stop(NEWS, "", OPERATOR);
            stops.release(NEWS, OPERATOR);
        }

        awaitWritten("turn", "news", 1000);
        assertThat(overtaken("turn")).isZero();
    }

    @Test
    void whatIsDiscardedReachesNobodyAndEachTraceSaysWhy() throws SQLException {
        stops.stop(NEWS, "", OPERATOR);
        acceptMixed("waste", 0, 400);
        NewEvent held = event("waste", "news", Priority.NORMAL, "waste-ana", 1000);
        accept(List.of(held));
        await().atMost(20, SECONDS).until(() -> stops.held(NEWS).events() == 201);
        assertThat(state(held)).isEqualTo(EventReport.State.HELD);

        assertThat(stops.discard(NEWS, OPERATOR)).isTrue();
        NewEvent later = event("waste", "news", Priority.NORMAL, "waste-ana", 1001);
        accept(List.of(later));

        assertThat(trace(held).decided())
                .isEqualTo(new NotificationTrace.Decided("stopped", "stopped", "stopped", Optional.empty()));
        assertThat(trace(later).decided().isListed()).isTrue();
        await().atMost(20, SECONDS)
                .until(() ->
                        count("select count(*) from unlisted_notifications where type = 'waste' and reason = 'stopped'")
                                == 201);
        assertThat(state(held)).isEqualTo(EventReport.State.DISPATCHED);
        assertThat(written("waste", "news")).isEqualTo(1);
        assertThat(written("waste", "general")).isEqualTo(200);
    }

    private NotificationTrace trace(NewEvent event) {
        UUID id = NotificationId.of(event.id(), event.recipients().getFirst());
        return await().atMost(20, SECONDS)
                .until(() -> one.bean(Traces.class).of(id), Optional::isPresent)
                .orElseThrow();
    }

    private EventReport.State state(NewEvent event) {
        return one.bean(EventReports.class).of(event.id()).orElseThrow().state();
    }

    @Test
    void stoppedBulkWaitsWhileTheRestGoesOn() throws SQLException {
        StopTarget bulk = new StopTarget.Bulk();
        stops.stop(bulk, "", OPERATOR);
        var events = new ArrayList<NewEvent>();
        for (int n = 0; n < 300; n++) {
            events.add(event("bulk", "general", Priority.BULK, "bulk-" + n % USERS, n));
        }
        accept(events);
        NewEvent normal = event("rest", "general", Priority.NORMAL, "bulk-1", 0);
        accept(List.of(normal));

        assertThat(trace(normal).decided().isListed()).isTrue();
        assertThat(written("bulk", "general")).isZero();
        assertThat(stops.held(bulk)).isEqualTo(new Held(300, 0, 0, true));
        assertThat(state(events.getFirst())).isEqualTo(EventReport.State.HELD);
        assertThat(state(normal)).isEqualTo(EventReport.State.DISPATCHED);

        stops.release(bulk, OPERATOR);
        awaitWritten("bulk", "general", 300);
        assertThat(state(events.getFirst())).isEqualTo(EventReport.State.DISPATCHED);
        assertThat(overtaken("bulk")).isZero();
    }

    @Test
    void whatIsStoppedDoesNotRepeatItself() throws SQLException {
        NewEvent stopped = event("alert", "news", Priority.NORMAL, "alert-ana", 0);
        NewEvent going = event("alert", "general", Priority.NORMAL, "alert-bob", 1);
        accept(List.of(stopped, going));
        assertThat(trace(stopped).decided().isListed()).isTrue();
        assertThat(trace(going).decided().isListed()).isTrue();
        stops.stop(NEWS, "", OPERATOR);

        jdbi.useHandle(h -> h.execute("insert into repeats (notification_id, user_id, event_id, due_at, every_ms, rest)"
                + " select id, user_id, event_id, now() - case category when 'news' then interval '1 s' else interval '0' end,"
                + " 3600000, 1 from notifications where type = 'alert'"));

        await().atMost(20, SECONDS).until(() -> count("select count(*) from repeats") == 1);
        assertThat(trace(going).later().returnedAt()).isPresent();
        assertThat(one.bean(Repeats.class).next(1)).isEmpty();
        assertThat(trace(stopped).later().returnedAt()).isEmpty();

        stops.release(NEWS, OPERATOR);
        await().atMost(20, SECONDS)
                .until(() -> trace(stopped).later().returnedAt().isPresent());
    }

    @Test
    void discardedBulkReachesNobody() throws SQLException {
        StopTarget bulk = new StopTarget.Bulk();
        stops.stop(bulk, "", OPERATOR);
        NewEvent held = event("gone", "general", Priority.BULK, "gone-ana", 0);
        accept(List.of(held));

        stops.discard(bulk, OPERATOR);

        assertThat(trace(held).decided().inbox()).isEqualTo("stopped");
    }

    @Test
    void whatIsHeldCanBeTakenBack() throws SQLException {
        stops.stop(NEWS, "", OPERATOR);
        NewEvent held = event("back", "news", Priority.NORMAL, "back-ana", 0);
        accept(List.of(held));
        await().atMost(20, SECONDS).until(() -> stops.held(NEWS).events() == 1);

        Cancellation cancellation =
                one.bean(Cancellations.class).cancel(KEY, held.id()).orElseThrow();

        assertThat(cancellation.extent()).isEqualTo(Cancellation.Extent.WHOLE);
        assertThat(stops.held(NEWS).events()).isZero();
        assertThat(state(held)).isEqualTo(EventReport.State.CANCELLED);
    }
}
