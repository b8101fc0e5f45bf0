package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditLog;
import io.belfry.core.event.Cancellation;
import io.belfry.core.event.Cancellations;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.DigestRule;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerFilter;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.TimerOutcome;
import io.belfry.core.timer.Timers;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Events that are told together, on a whole dispatcher.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DigestOnThePathTest {
    private static final UUID KEY = new UUID(0, 7);

    private final DispatcherNode node;

    DigestOnThePathTest(TestDatabase database, RedisServer redis) {
        this.node = DispatcherNode.start(database, redis.url(), Map.of("belfry.dispatcher.schedule-poll", "50ms"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private static NewEvent event(String user, String category, int n) {
        var rule = new DigestRule(Duration.ofHours(1), Optional.empty(), Optional.empty(), "comment.digest");
        var options = new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(rule),
                Optional.empty());
        return new NewEvent(
                EventId.mint(Instant.now()),
                KEY,
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, user),
                "comment",
                category,
                Priority.NORMAL,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                "{\"n\":" + n + "}",
                Optional.empty(),
                options);
    }

    private void accept(List<NewEvent> events) throws SQLException {
        node.bean(EventLog.class).append(events);
        node.bean(Signals.class).raise(Signal.EVENTS_NORMAL);
    }

    private NotificationTrace trace(NewEvent event) {
        UUID id = NotificationId.of(event.id(), event.recipients().getFirst());
        return await().atMost(30, SECONDS)
                .until(() -> node.bean(Traces.class).of(id), Optional::isPresent)
                .orElseThrow();
    }

    private List<UUID> send(String user, int count) throws SQLException {
        List<NewEvent> events = IntStream.range(0, count)
                .mapToObj(n -> event(user, "general", n))
                .toList();
        accept(events);
        for (NewEvent event : events) {
            assertThat(trace(event).decided().inbox()).isEqualTo("digested");
        }
        return events.stream().map(NewEvent::id).toList();
    }

    private List<PendingTimer> open(String user) {
        return node.bean(Timers.class)
                .list(
                        new TimerFilter(Optional.of(TimerKind.DIGEST), Optional.of(user), Optional.empty()),
                        Timers.Place.START,
                        10);
    }

    private List<InboxItem> list(String user) {
        return node.bean(InboxLog.class).list(user, OptionalLong.empty(), 10).items();
    }

    @Test
    void aDigestThatIsReleasedEarlyIsOneNotificationWithAllItsItems() throws SQLException {
        List<UUID> events = send("digest-ana", 3);
        PendingTimer timer = open("digest-ana").getFirst();
        assertThat(list("digest-ana")).isEmpty();
        assertThat(Duration.between(Instant.now(), timer.dueAt()))
                .isBetween(Duration.ofMinutes(58), Duration.ofHours(1));

        assertThat(node.bean(Timers.class).release(timer.id())).isEqualTo(new TimerOutcome.Done());

        List<InboxItem> items = await().atMost(30, SECONDS).until(() -> list("digest-ana"), found -> found.size() == 1);
        assertThat(items.getFirst().type()).isEqualTo("comment.digest");
        assertThat(items.getFirst().data()).startsWith("{\"count\":3,");
        events.forEach(event -> assertThat(items.getFirst().data()).contains(event.toString()));
        assertThat(open("digest-ana")).isEmpty();
    }

    @Test
    void whatIsCancelledIsNotTold() throws SQLException {
        List<UUID> events = send("digest-ben", 2);
        Cancellation cancelled =
                node.bean(Cancellations.class).cancel(KEY, events.getFirst()).orElseThrow();
        assertThat(cancelled.extent()).isEqualTo(Cancellation.Extent.WHOLE);
        node.bean(Timers.class).release(open("digest-ben").getFirst().id());

        List<InboxItem> items = await().atMost(30, SECONDS).until(() -> list("digest-ben"), found -> found.size() == 1);
        assertThat(items.getFirst().data())
                .startsWith("{\"count\":1,")
                .contains(events.getLast().toString());

        List<UUID> alone = send("digest-ben", 1);
        node.bean(Cancellations.class).cancel(KEY, alone.getFirst());
        assertThat(open("digest-ben")).isEmpty();
    }

    @Test
    void anOpenDigestIsPostponedOrCancelled() throws SQLException {
        send("digest-cleo", 1);
        PendingTimer timer = open("digest-cleo").getFirst();
        Timers timers = node.bean(Timers.class);
        Instant later = timer.dueAt().plus(Duration.ofDays(2));

        assertThat(timers.postpone(timer.id(), later)).isEqualTo(new TimerOutcome.Done());
        assertThat(open("digest-cleo").getFirst().dueAt()).isEqualTo(later);
        assertThat(timers.postpone(timer.id(), later.plus(Duration.ofDays(20))))
                .isInstanceOf(TimerOutcome.TooLate.class);
        assertThat(timers.cancel(timer.id())).isEqualTo(new TimerOutcome.Done());
        assertThat(open("digest-cleo")).isEmpty();
        assertThat(timers.cancel(timer.id())).isEqualTo(new TimerOutcome.Missing());
    }

    /// It was put aside before anybody looked whether it may reach somebody.
    @Test
    void whatAStopDiscardedComesWithNoDigest() throws SQLException {
        Stops stops = node.bean(Stops.class);
        StopTarget news = new StopTarget.Category("news");
        var operator = new AuditLog.Origin("ada@example.org", null);
        stops.stop(news, "", operator);
        NewEvent held = event("digest-dora", "news", 1);
        accept(List.of(held));
        await().atMost(30, SECONDS).until(() -> stops.held(news).events() == 1);

        assertThat(stops.discard(news, operator)).isTrue();

        assertThat(trace(held).decided().inbox()).isEqualTo("stopped");
        assertThat(open("digest-dora")).isEmpty();
    }
}
