package io.belfry.dispatcher.inbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.amendment.Amendment;
import io.belfry.core.amendment.AmendmentReport;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.amendment.Author;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptionsJson;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxChange;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.Recovery;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.trace.Traces;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Edits and recalls on two whole dispatchers, with a simulator in Firebase's place.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AmendmentTest {
    private static final Author OPERATOR = Author.operator("ops@example.com");
    private static final Amendment RECALL = new Amendment.Recall();

    private final FcmSimulator simulator = new FcmSimulator(0);
    private final DispatcherNode node;
    private final DispatcherNode other;

    AmendmentTest(TestDatabase database, RedisServer redis) {
        Map<String, Object> settings = Map.of(
                "belfry.push.endpoint",
                simulator.url(),
                "belfry.dispatcher.offline-grace",
                "50ms",
                "belfry.dispatcher.batch-recipients",
                7);
        this.node = DispatcherNode.start(database, redis.url(), settings);
        this.other = DispatcherNode.start(database, redis.url(), settings);
    }

    @AfterAll
    void stop() {
        node.close();
        other.close();
        simulator.close();
    }

    private UUID send(Priority priority, List<String> users) throws SQLException {
        var event = new NewEvent(
                EventId.mint(Instant.now()),
                new UUID(0, 7),
                Optional.empty(),
                new byte[32],
                Lanes.of(priority, users.getFirst()),
                "amend.test",
                "general",
                priority,
                users,
                Optional.empty(),
                Optional.empty(),
                "{\"n\":1}",
                Optional.empty());
        node.bean(EventLog.class).append(List.of(event));
        node.bean(Signals.class).raise(Signal.eventsOf(priority));
        await().atMost(30, SECONDS)
                .until(() -> users.stream().allMatch(user -> position(user).head() == 1));
        return event.id();
    }

    private List<String> users(String name, int count, boolean withPhone) {
        List<String> users =
                IntStream.range(0, count).mapToObj(n -> name + "-" + n).toList();
        if (withPhone) {
            users.forEach(user -> node.bean(Devices.class)
                    .register(new Device(
                            user, "phone", user + ".phone", Platform.ANDROID, Optional.empty(), Instant.EPOCH)));
        }
        return users;
    }

    private InboxPosition position(String user) {
        return node.bean(InboxLog.class).position(user);
    }

    private List<InboxItem> list(String user) {
        return node.bean(InboxLog.class).list(user, OptionalLong.empty(), 10).items();
    }

    private List<String> missed(String user, long after) {
        return node.bean(InboxLog.class).recover(user, after, 10, 100_000) instanceof Recovery.Complete complete
                ? complete.changes().stream()
                        .map(InboxChange::data)
                        .map(data -> new String(data, StandardCharsets.UTF_8))
                        .toList()
                : List.of("reload");
    }

    private AmendmentReport amend(UUID event, Amendment amendment) {
        Amendments amendments = node.bean(Amendments.class);
        UUID id = amendments.ofEvent(event, amendment, OPERATOR).orElseThrow().id();
        return await().atMost(30, SECONDS)
                .until(
                        () -> amendments.of(event, OPERATOR).orElseThrow().stream()
                                .filter(report -> report.id().equals(id))
                                .findFirst()
                                .orElseThrow(),
                        report -> report.finishedAt().isPresent());
    }

    private List<ReceivedMessage> messagesTo(String user) {
        return simulator.messagesTo(user + ".phone");
    }

    private long count(String sql) {
        return node.bean(Jdbi.class)
                .withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
    }

    @Test
    void aRecalledEventLeavesEveryInboxOnceAndIsTakenFromThePhones() throws SQLException {
        List<String> users = users("recalled", 30, true);
        UUID event = send(Priority.CRITICAL, users);
        await().atMost(30, SECONDS)
                .until(() -> users.stream().allMatch(user -> messagesTo(user).size() == 1));

        AmendmentReport report = amend(event, RECALL);

        assertThat(report.changed()).isEqualTo(30);
        assertThat(report.pushesCorrected()).isEqualTo(30);
        for (String user : users) {
            assertThat(position(user)).isEqualTo(new InboxPosition(2, Counts.NONE));
            assertThat(list(user)).isEmpty();
            // One that was off when it came never learns more than that there is nothing.
            String id = NotificationId.of(event, user).toString();
            assertThat(missed(user, 0))
                    .containsExactly("{\"kind\":\"recalled\",\"ids\":[\"" + id
                            + "\"],\"counts\":{\"total\":0,\"unread\":0,\"unseen\":0}}");
        }
        await().atMost(30, SECONDS)
                .until(() -> users.stream().allMatch(user -> messagesTo(user).size() == 2));
        ReceivedMessage push = messagesTo(users.getFirst()).getFirst();
        ReceivedMessage withdrawal = messagesTo(users.getFirst()).getLast();
        assertThat(withdrawal.message().has("notification")).isFalse();
        assertThat(withdrawal.message().at("/data/withdrawn").asText())
                .isEqualTo(push.message().at("/android/notification/tag").asText());
        await().atMost(30, SECONDS).until(() -> count("select count(*) from push_corrections") == 0);
        assertThat(amend(event, RECALL).changed()).isZero();
        // An edit that comes too late brings nothing back.
        AmendmentReport late = amend(
                event, new Amendment.Edit(Optional.of("Late"), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(late.changed()).isZero();
        assertThat(late.pushesCorrected()).isZero();
        assertThat(node.bean(Traces.class)
                        .of(NotificationId.of(event, "recalled-0"))
                        .orElseThrow()
                        .decided()
                        .push())
                .isEqualTo("planned");
    }

    @Test
    void aPushThatWaitsIsNotSent() throws SQLException {
        List<String> users = users("waiting", 3, true);
        node.bean(Jdbi.class)
                .useHandle(h -> h.execute("insert into user_preferences (user_id, settings) select 'waiting-' || n,"
                        + " ('{\"quietHours\":{\"from\":\"'"
                        + " || to_char(now() at time zone 'utc' - interval '1 hour', 'HH24:MI')"
                        + " || '\",\"to\":\"' || to_char(now() at time zone 'utc' + interval '3 hours', 'HH24:MI')"
                        + " || '\",\"days\":[\"monday\",\"tuesday\",\"wednesday\",\"thursday\",\"friday\","
                        + "\"saturday\",\"sunday\"]}}')::json from generate_series(0, 2) n"));
        UUID event = send(Priority.NORMAL, users);

        AmendmentReport report = amend(event, RECALL);

        assertThat(report.pushesCancelled()).isEqualTo(3);
        assertThat(report.pushesCorrected()).isZero();
        assertThat(count("select count(*) from push_timers where user_id like 'waiting-%'"))
                .isZero();
        assertThat(node.bean(Traces.class)
                        .of(NotificationId.of(event, "waiting-0"))
                        .orElseThrow()
                        .decided()
                        .push())
                .isEqualTo("recalled");
        assertThat(messagesTo("waiting-0")).isEmpty();
    }

    @Test
    void anEditTakesThePlaceOfWhatWasSaidInInboxesAndOnPhones() throws SQLException {
        List<String> users = users("edited", 3, true);
        UUID event = send(Priority.CRITICAL, users);
        await().atMost(30, SECONDS)
                .until(() -> users.stream().allMatch(user -> messagesTo(user).size() == 1));

        amend(event, new Amendment.Edit(Optional.of("Wrong"), Optional.empty(), Optional.empty(), Optional.empty()));
        amend(
                event,
                new Amendment.Edit(
                        Optional.of("Right"), Optional.of("Really"), Optional.empty(), Optional.of("{\"n\":2}")));

        for (String user : users) {
            assertThat(position(user)).isEqualTo(new InboxPosition(3, new Counts(1, 1, 1)));
            InboxItem item = list(user).getFirst();
            assertThat(item.title()).isEqualTo("Right");
            assertThat(item.body()).isEqualTo("Really");
            assertThat(item.data()).isEqualTo("{\"n\":2}");
            assertThat(item.state().edited()).isTrue();
            assertThat(missed(user, 1))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("\"edited\":true", "\"title\":\"Right\"");
        }
        await().atMost(30, SECONDS).until(() -> messagesTo(users.getFirst())
                .getLast()
                .message()
                .at("/notification/title")
                .asText()
                .equals("Right"));
        assertThat(messagesTo(users.getFirst()))
                .extracting(message ->
                        message.message().at("/android/notification/tag").asText())
                .containsOnly(NotificationId.of(event, users.getFirst()).toString());
        assertThat(count("select count(*) from amendments where event_id = '" + event + "' and title is not null"))
                .isZero();
    }

    @Test
    void aSingleNotificationIsAmendedAtOnce() throws SQLException {
        List<String> users = users("single", 2, false);
        UUID event = send(Priority.NORMAL, users);
        UUID id = NotificationId.of(event, "single-0");
        Amendments amendments = node.bean(Amendments.class);
        Amendment edit = new Amendment.Edit(Optional.of("New"), Optional.empty(), Optional.empty(), Optional.empty());

        assertThat(amendments.ofNotification(id, edit, OPERATOR)).contains(true);
        assertThat(list("single-0").getFirst().title()).isEqualTo("New");
        assertThat(amendments.ofNotification(id, RECALL, new Author("thief", Optional.of(new UUID(0, 8)))))
                .isEmpty();
        assertThat(amendments.ofNotification(id, RECALL, OPERATOR)).contains(true);
        assertThat(amendments.ofNotification(id, RECALL, OPERATOR)).contains(false);
        assertThat(amendments.ofNotification(id, edit, OPERATOR)).contains(false);

        assertThat(position("single-0")).isEqualTo(new InboxPosition(3, Counts.NONE));
        assertThat(position("single-1")).isEqualTo(new InboxPosition(1, new Counts(1, 1, 1)));
    }

    /// Whatever the moment: a phone that got the push is told to take it away, and no other is disturbed.
    @Test
    void aRecallAmongPushesThatAreJustBeingSentLeavesNoneBehind() throws SQLException {
        List<String> users = users("racing", 60, true);
        UUID event = send(Priority.CRITICAL, users);

        amend(event, RECALL);

        await().atMost(30, SECONDS)
                .until(() -> count("select count(*) from push_attempts where outcome = 'sending'") == 0
                        && count("select count(*) from push_corrections") == 0
                        && count("select count(*) from push_timers where user_id like 'racing-%'") == 0);
        var shown = new HashMap<String, Long>();
        var withdrawn = new HashMap<String, Long>();
        for (String user : users) {
            for (ReceivedMessage message : messagesTo(user)) {
                boolean isPush = message.message().has("notification");
                (isPush ? shown : withdrawn).merge(user, 1L, Long::sum);
            }
        }
        assertThat(withdrawn).isEqualTo(shown);
        assertThat(shown.values()).allMatch(times -> times == 1);
    }

    @Test
    void aRecalledEventThatWaitsInItsLaneReachesNobody() throws SQLException {
        var event = new NewEvent(
                EventId.mint(Instant.now()),
                new UUID(0, 7),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, "nobody"),
                "amend.test",
                "general",
                Priority.NORMAL,
                List.of("nobody"),
                Optional.empty(),
                Optional.empty(),
                "{}",
                Optional.empty(),
                EventOptionsJson.read("{\"deliverAt\":\"2100-01-01T00:00:00Z\"}"));
        node.bean(EventLog.class).append(List.of(event));

        assertThat(amend(event.id(), RECALL).changed()).isZero();

        assertThat(count("select count(*) from scheduled_events where event_id = '" + event.id() + "'"))
                .isZero();
        assertThat(position("nobody").head()).isZero();
    }
}
