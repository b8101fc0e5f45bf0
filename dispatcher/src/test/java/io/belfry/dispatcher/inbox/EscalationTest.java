package io.belfry.dispatcher.inbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.amendment.Amendment;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.amendment.Author;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EscalationRule;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.inbox.Inboxes;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.timer.TimerFilter;
import io.belfry.core.timer.TimerId;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.TimerOutcome;
import io.belfry.core.timer.Timers;
import io.belfry.core.trace.Acknowledgements;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Alerts that repeat themselves, on a whole dispatcher with a simulator in Firebase's place. Repetitions are made due
/// by hand, as time would.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EscalationTest {
    private static final Duration EVERY = Duration.ofHours(1);

    private final FcmSimulator simulator = new FcmSimulator(0);
    private final DispatcherNode node;

    EscalationTest(TestDatabase database, RedisServer redis) {
        this.node = DispatcherNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.push.endpoint",
                        simulator.url(),
                        "belfry.dispatcher.offline-grace",
                        "50ms",
                        "belfry.dispatcher.schedule-poll",
                        "50ms"));
    }

    @AfterAll
    void stop() {
        node.close();
        simulator.close();
    }

    private UUID alert(EscalationRule rule, String... users) throws SQLException {
        var options = new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(rule));
        var event = new NewEvent(
                EventId.mint(Instant.now()),
                new UUID(0, 7),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.CRITICAL, users[0]),
                "disk.full",
                "general",
                Priority.CRITICAL,
                List.of(users),
                Optional.empty(),
                Optional.empty(),
                "{\"disk\":\"/\"}",
                Optional.empty(),
                options);
        node.bean(EventLog.class).append(List.of(event));
        node.bean(Signals.class).raise(Signal.EVENTS_CRITICAL);
        for (String user : users) {
            await().atMost(30, SECONDS).until(() -> position(user).head() == 1);
        }
        return event.id();
    }

    private void phone(String user) {
        node.bean(Devices.class)
                .register(
                        new Device(user, "phone", user + ".phone", Platform.ANDROID, Optional.empty(), Instant.EPOCH));
    }

    private InboxPosition position(String user) {
        return node.bean(InboxLog.class).position(user);
    }

    private void acknowledge(UUID event, String user) {
        node.bean(Inboxes.class).perform(user, new InboxAct.Acknowledge(List.of(NotificationId.of(event, user))));
    }

    private int pushesTo(String user) {
        return simulator.messagesTo(user + ".phone").size();
    }

    private TimerOutcome repeatNow(UUID event, String user) {
        return node.bean(Timers.class).release(new TimerId(TimerId.Source.REPEAT, NotificationId.of(event, user)));
    }

    @Test
    void anAlertRepeatsItselfPerPersonUntilThatPersonAcknowledgesIt() throws SQLException {
        phone("ann");
        phone("bob");
        UUID event = alert(new EscalationRule(EVERY, 10, Optional.empty()), "ann", "bob");
        await().atMost(30, SECONDS).until(() -> pushesTo("ann") == 1 && pushesTo("bob") == 1);
        node.bean(Inboxes.class).perform("ann", new InboxAct.Read(List.of(NotificationId.of(event, "ann"))));
        acknowledge(event, "bob");

        assertThat(repeatNow(event, "ann")).isEqualTo(new TimerOutcome.Done());
        assertThat(repeatNow(event, "bob")).isEqualTo(new TimerOutcome.Missing());

        // Created, read, repeated: at the top again, and unread.
        await().atMost(30, SECONDS).until(() -> position("ann").equals(new InboxPosition(3, new Counts(1, 1, 1))));
        await().atMost(30, SECONDS).until(() -> pushesTo("ann") == 2);
        InboxItem item = node.bean(InboxLog.class)
                .list("ann", OptionalLong.empty(), 10)
                .items()
                .getFirst();
        assertThat(item.offset()).isEqualTo(3);
        assertThat(item.state()).isEqualTo(InboxItem.State.NEW);
        Acknowledgements acknowledgements = node.bean(Acknowledgements.class);
        assertThat(acknowledgements.totals(event)).contains(new Acknowledgements.Totals(1, 1));
        assertThat(acknowledgements.list(event, Acknowledgements.State.OPEN, Optional.empty(), 10))
                .extracting(Acknowledgements.Line::user)
                .containsExactly("ann");

        acknowledge(event, "ann");
        assertThat(repeatNow(event, "ann")).isEqualTo(new TimerOutcome.Missing());
        assertThat(pushesTo("bob")).isEqualTo(1);
        assertThat(position("bob").head()).isEqualTo(2);
    }

    @Test
    void itGivesUpAfterAsManyTimesAsItWasTold() throws SQLException {
        UUID event = alert(new EscalationRule(EVERY, 2, Optional.empty()), "cleo");
        for (long head = 2; head <= 3; head++) {
            assertThat(repeatNow(event, "cleo")).isEqualTo(new TimerOutcome.Done());
            long expected = head;
            await().atMost(30, SECONDS).until(() -> position("cleo").head() == expected);
        }

        assertThat(repeatNow(event, "cleo")).isEqualTo(new TimerOutcome.Missing());
        assertThat(position("cleo").counts()).isEqualTo(new Counts(1, 1, 1));
    }

    @Test
    void whatNobodyAcknowledgedIsHandedOver() throws SQLException {
        var next = new EscalationRule.Next(List.of("eve"), EVERY);
        UUID open = alert(new EscalationRule(EVERY, 2, Optional.of(next)), "dan");
        var other = new EscalationRule.Next(List.of("finn"), EVERY);
        UUID done = alert(new EscalationRule(EVERY, 2, Optional.of(other)), "gus");
        acknowledge(done, "gus");

        node.bean(Jdbi.class).useHandle(h -> h.execute("update escalations set due_at = now()"));

        await().atMost(30, SECONDS).until(() -> position("eve").head() == 1);
        InboxItem item = node.bean(InboxLog.class)
                .list("eve", OptionalLong.empty(), 10)
                .items()
                .getFirst();
        assertThat(item.type()).isEqualTo("disk.full");
        assertThat(item.data()).isEqualTo("{\"disk\":\"/\"}");
        // It repeats itself for the next one too, and for the first one still.
        List<String> repeating = node
                .bean(Timers.class)
                .list(
                        new TimerFilter(Optional.of(TimerKind.REPEAT), Optional.empty(), Optional.empty()),
                        Timers.Place.START,
                        100)
                .stream()
                .map(timer -> timer.user().orElseThrow())
                .toList();
        assertThat(repeating).contains("eve", "dan").doesNotContain("gus");
        assertThat(position("finn").head()).isZero();
        assertThat(node.bean(Jdbi.class)
                        .withHandle(h -> h.createQuery("select count(*) from escalations")
                                .mapTo(Long.class)
                                .one())
                        .longValue())
                .isZero();
        assertThat(open).isNotEqualTo(done);
    }

    @Test
    void whatIsSnoozedWaitsAndWhatIsRecalledRepeatsItselfNoMore() throws SQLException {
        UUID snoozed = alert(new EscalationRule(EVERY, 2, Optional.empty()), "hal");
        node.bean(Inboxes.class)
                .perform(
                        "hal",
                        new InboxAct.Snooze(
                                List.of(NotificationId.of(snoozed, "hal")),
                                Instant.now().plus(EVERY)));
        assertThat(repeatNow(snoozed, "hal")).isEqualTo(new TimerOutcome.Done());
        TimerId id = new TimerId(TimerId.Source.REPEAT, NotificationId.of(snoozed, "hal"));
        await().atMost(30, SECONDS).until(() -> node.bean(Timers.class)
                .find(id)
                .orElseThrow()
                .dueAt()
                .isAfter(Instant.now().plusSeconds(60)));
        assertThat(position("hal")).isEqualTo(new InboxPosition(2, Counts.NONE));

        node.bean(Amendments.class)
                .ofNotification(NotificationId.of(snoozed, "hal"), new Amendment.Recall(), Author.operator("ops"));
        repeatNow(snoozed, "hal");
        await().atMost(30, SECONDS).until(() -> node.bean(Timers.class).find(id).isEmpty());
        assertThat(position("hal")).isEqualTo(new InboxPosition(3, Counts.NONE));
    }
}
