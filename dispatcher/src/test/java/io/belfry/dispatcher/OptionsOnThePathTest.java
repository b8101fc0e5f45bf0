package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.Cancellation;
import io.belfry.core.event.Cancellations;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxActs;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.trace.EventReport;
import io.belfry.core.trace.EventReports;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What events ask of their delivery, on a whole dispatcher.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OptionsOnThePathTest {
    private static final UUID KEY = new UUID(0, 7);

    private final DispatcherNode node;

    OptionsOnThePathTest(TestDatabase database, RedisServer redis) {
        this.node = DispatcherNode.start(database, redis.url(), Map.of("belfry.dispatcher.schedule-poll", "50ms"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private static NewEvent event(String user, String data, EventOptions options) {
        return new NewEvent(
                options.deliverAt().map(EventId::mint).orElseGet(() -> EventId.mint(Instant.now())),
                KEY,
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, user),
                "build.done",
                "general",
                Priority.NORMAL,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                data,
                Optional.empty(),
                options);
    }

    /// In one commit, so that they come in one batch.
    private List<NotificationTrace> send(NewEvent... events) throws SQLException {
        node.bean(EventLog.class).append(List.of(events));
        node.bean(Signals.class).raise(Signal.eventsOf(Priority.NORMAL));
        var traces = new ArrayList<NotificationTrace>();
        for (NewEvent event : events) {
            UUID id = NotificationId.of(event.id(), event.recipients().getFirst());
            traces.add(await().atMost(20, SECONDS)
                    .until(() -> node.bean(Traces.class).of(id), Optional::isPresent)
                    .orElseThrow());
        }
        return traces;
    }

    private void phone(String user) {
        node.bean(Devices.class)
                .register(
                        new Device(user, "phone", user + ".phone", Platform.ANDROID, Optional.empty(), Instant.EPOCH));
    }

    private static EventOptions options(Throttle throttle, String key) {
        return new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new EventOptions.KeyedThrottle(throttle, Optional.of(key))),
                Optional.empty());
    }

    private static EventOptions collapsing(String key) {
        return new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(key),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static EventOptions at(Instant time, Duration ttl) {
        return new EventOptions(
                Crowd.NONE,
                Optional.of(time),
                Optional.of(time.plus(ttl)),
                Optional.empty(),
                Optional.of("trial"),
                Optional.empty(),
                Optional.empty());
    }

    private EventReport report(NewEvent event) {
        return node.bean(EventReports.class).of(event.id()).orElseThrow();
    }

    private static List<String> live(List<NotificationTrace> traces) {
        return traces.stream().map(trace -> trace.decided().live()).toList();
    }

    @Test
    void whatIsBeyondTheLimitComesInSilenceOverBatchesToo() throws SQLException {
        phone("busy");
        EventOptions two = options(new Throttle(2, Duration.ofHours(1), Throttle.Excess.SILENT), "builds");

        List<NotificationTrace> first =
                send(event("busy", "{}", two), event("busy", "{}", two), event("busy", "{}", two));
        List<NotificationTrace> later = send(event("busy", "{}", two));
        List<NotificationTrace> other =
                send(event("busy", "{}", options(two.throttle().orElseThrow().throttle(), "other")));

        assertThat(live(first)).containsExactly("send", "send", "throttled");
        assertThat(live(later)).containsExactly("throttled");
        assertThat(live(other)).containsExactly("send");
        assertThat(first.get(2).decided().push()).isEqualTo("throttled");
        assertThat(node.bean(InboxLog.class).position("busy").counts()).isEqualTo(new Counts(5, 5, 5));
    }

    /// One an hour: the second waits for the next hour, the third for the one after.
    @Test
    void whatWaitsForRoomWaitsForAWindowOfItsOwn() throws SQLException {
        phone("queue");
        EventOptions one = options(new Throttle(1, Duration.ofHours(1), Throttle.Excess.DEFERRED), "k");

        List<NotificationTrace> traces =
                send(event("queue", "{}", one), event("queue", "{}", one), event("queue", "{}", one));

        assertThat(traces.get(0).decided().deferral()).isEmpty();
        Instant second = traces.get(1).decided().deferral().orElseThrow().until();
        Instant third = traces.get(2).decided().deferral().orElseThrow().until();
        assertThat(Duration.between(second, third)).isEqualTo(Duration.ofHours(1));
        assertThat(Duration.between(Instant.now(), second)).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
        assertThat(traces.get(1).decided().deferral().orElseThrow().reason()).isEqualTo("throttled");
    }

    @Test
    void theLimitIsANewOneWhenTheWindowIsOver() throws SQLException {
        EventOptions one = options(new Throttle(1, Duration.ofSeconds(1), Throttle.Excess.SILENT), "short");
        assertThat(live(send(event("again", "{}", one), event("again", "{}", one))))
                .containsExactly("send", "throttled");

        await().atMost(20, SECONDS)
                .until(() -> live(send(event("again", "{}", one))).equals(List.of("send")));
    }

    @Test
    void theSameContentComesOnceWithinItsWindow() throws SQLException {
        EventOptions once = new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofHours(1)));

        List<NotificationTrace> traces = send(
                event("echo", "{\"n\":1}", once), event("echo", "{\"n\":1}", once), event("echo", "{\"n\":2}", once));
        List<NotificationTrace> later = send(event("echo", "{\"n\":2}", once));

        assertThat(traces).extracting(t -> t.decided().inbox()).containsExactly("send", "duplicate", "send");
        assertThat(later).extracting(t -> t.decided().inbox()).containsExactly("duplicate");
        assertThat(node.bean(EventReports.class)
                        .of(later.getFirst().eventId())
                        .orElseThrow()
                        .unlisted())
                .containsEntry("duplicate", 1L);
        assertThat(node.bean(InboxLog.class).position("echo").counts()).isEqualTo(new Counts(2, 2, 2));
    }

    @Test
    void theNewestOfACollapseKeyTakesThePlaceOfTheOthers() throws SQLException {
        phone("score");
        List<NotificationTrace> old = send(event("score", "{\"goals\":1}", collapsing("match/1")));
        send(event("score", "{}", EventOptions.NONE));
        node.bean(InboxActs.class).markReadThrough("score", 1);

        List<NotificationTrace> both = send(
                event("score", "{\"goals\":2}", collapsing("match/1")),
                event("score", "{\"goals\":3}", collapsing("match/1")));

        assertThat(both).extracting(t -> t.decided().inbox()).containsExactly("superseded", "send");
        NotificationTrace gone = node.bean(Traces.class).of(old.getFirst().id()).orElseThrow();
        assertThat(gone.decided().inbox()).isEqualTo("superseded");
        assertThat(gone.timer()).isEmpty();
        InboxLog inbox = node.bean(InboxLog.class);
        assertThat(inbox.list("score", OptionalLong.empty(), 10).items())
                .extracting(InboxItem::collapseKey)
                .containsExactly(Optional.of("match/1"), Optional.empty());
        assertThat(inbox.position("score").counts()).isEqualTo(new Counts(2, 2, 2));
    }

    @Test
    void anEventThatIsPutOffComesWhenItIsDue() throws SQLException {
        Instant due = Instant.now().plusSeconds(3);
        NewEvent event = event("patient", "{}", at(due, Duration.ofHours(1)));
        node.bean(EventLog.class).append(List.of(event));
        Instant stored = Instant.now();
        EventReport before = report(event);

        await().atMost(20, SECONDS).until(() -> report(event).state() == EventReport.State.DISPATCHED);

        assertThat(before.state()).isEqualTo(EventReport.State.SCHEDULED);
        assertThat(before.acceptedAt()).isBetween(due.minusSeconds(3).truncatedTo(ChronoUnit.MICROS), stored);
        assertThat(Duration.between(before.dueAt().orElseThrow(), due).abs()).isLessThan(Duration.ofMillis(1));
        InboxItem item = node.bean(InboxLog.class)
                .list("patient", OptionalLong.empty(), 1)
                .items()
                .getFirst();
        assertThat(Duration.between(item.createdAt(), due).abs()).isLessThan(Duration.ofMillis(2));
        assertThat(send(event("patient", "{}", EventOptions.NONE)).getFirst().writtenAt())
                .isAfter(due);
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotWritten() throws SQLException {
        EventOptions old = new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.of(Instant.now().minusMillis(1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        assertThat(send(event("too-late", "{}", old)).getFirst().decided().inbox())
                .isEqualTo("expired");
    }

    @Test
    void aScheduledEventIsCancelledWholeAndOnlyByItsOwnKey() throws SQLException {
        NewEvent event = event("never", "{}", at(Instant.now().plusSeconds(3600), Duration.ofHours(1)));
        node.bean(EventLog.class).append(List.of(event));
        Cancellations cancellations = node.bean(Cancellations.class);

        assertThat(cancellations.cancel(new UUID(0, 8), event.id())).isEmpty();
        assertThat(cancellations.events(KEY, "trial")).contains(event.id());
        Cancellation whole = new Cancellation(event.id(), Cancellation.Extent.WHOLE, 0, 0, 0);
        assertThat(cancellations.cancel(KEY, event.id())).contains(whole);
        assertThat(cancellations.cancel(KEY, event.id())).as("asked again").contains(whole);
        assertThat(report(event).state()).isEqualTo(EventReport.State.CANCELLED);
    }

    @Test
    void whatWasDeliveredIsToldAndItsPushWithdrawn() throws SQLException {
        phone("half");
        NewEvent pushed =
                event("half", "{}", options(new Throttle(1, Duration.ofHours(1), Throttle.Excess.DEFERRED), "c"));
        NewEvent waiting = event("half", "{}", pushed.options());
        NewEvent done = event("no-phone", "{}", EventOptions.NONE);
        send(pushed, waiting, done);
        Cancellations cancellations = node.bean(Cancellations.class);

        assertThat(cancellations.cancel(KEY, waiting.id()))
                .contains(new Cancellation(waiting.id(), Cancellation.Extent.PART, 1, 1, 0));
        assertThat(cancellations.cancel(KEY, done.id()))
                .contains(new Cancellation(done.id(), Cancellation.Extent.NONE, 1, 0, 0));
        assertThat(node.bean(Traces.class)
                        .of(NotificationId.of(waiting.id(), "half"))
                        .orElseThrow()
                        .decided()
                        .push())
                .isEqualTo("cancelled");
    }
}
