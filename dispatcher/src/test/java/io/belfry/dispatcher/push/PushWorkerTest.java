package io.belfry.dispatcher.push;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.device.Devices;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.Failure;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import io.belfry.testkit.fcm.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Due pushes on whole dispatchers, with a simulator in Firebase's place.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class PushWorkerTest {
    private final TestDatabase database;
    private final String redisUrl;
    private FcmSimulator simulator;

    PushWorkerTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
    }

    @BeforeEach
    void start() {
        simulator = new FcmSimulator(0);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private DispatcherNode dispatcher(Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        all.put("belfry.push.endpoint", simulator.url());
        return DispatcherNode.start(database, redisUrl, all);
    }

    private static PlannedPushes pushes(DispatcherNode node) {
        return new PlannedPushes(node.bean(Jdbi.class));
    }

    @Test
    void manyDispatchersPushToEveryDeviceOnce() {
        try (DispatcherNode one = dispatcher(Map.of());
                DispatcherNode other = dispatcher(Map.of())) {
            PlannedPushes pushes = pushes(one);
            pushes.due("crowd", 500, 3, Priority.NORMAL);
            other.bean(Signals.class).raise(Signal.PUSH_DUE);

            await().atMost(60, SECONDS).until(() -> pushes.left() == 0);
            assertThat(simulator.messages())
                    .hasSize(1500)
                    .extracting(ReceivedMessage::token)
                    .doesNotHaveDuplicates();
            assertThat(pushes.count("select count(*) from push_attempts where outcome = 'accepted' and attempt = 1"
                            + " and finished_at is not null and detail is not null and user_id like 'crowd-%'"))
                    .isEqualTo(1500);
        }
    }

    @Test
    void whatADispatcherThatDiedLeftIsTriedOnceMoreAtMost() {
        try (DispatcherNode node = dispatcher(Map.of())) {
            PlannedPushes pushes = pushes(node);
            UUID once = pushes.due("left-once", Instant.now(), List.of("sending"));
            UUID twice = pushes.due("left-twice", Instant.now(), List.of("sending", "sending"));
            UUID done = pushes.due("was-done", Instant.now(), List.of("accepted"));

            await().atMost(30, SECONDS).until(() -> pushes.left() == 0);

            assertThat(pushes.attempts(once)).containsExactly("phone 1 sending", "phone 2 accepted");
            assertThat(pushes.attempts(twice)).containsExactly("phone 1 sending", "phone 2 sending");
            assertThat(pushes.attempts(done)).containsExactly("phone 1 accepted");
            assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("left-once.phone");
        }
    }

    @Test
    void theProviderKeepsAPushForWhatIsLeftOfItsTime() {
        try (DispatcherNode node = dispatcher(Map.of())) {
            PlannedPushes pushes = pushes(node);
            pushes.due("waited-long", Instant.now().minus(Duration.ofDays(27)), List.of());
            pushes.due("waited-too-long", Instant.now().minus(Duration.ofDays(29)), List.of());

            await().atMost(30, SECONDS).until(() -> pushes.left() == 0);

            assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("waited-long.phone");
            String ttl =
                    simulator.messages().getFirst().message().at("/android/ttl").asText();
            assertThat(Double.parseDouble(ttl.replace("s", "")))
                    .isBetween(
                            Duration.ofHours(23).toSeconds() + 0.0,
                            Duration.ofHours(24).toSeconds() + 0.0);
        }
    }

    @Test
    void aDeadTokenGoesAndTheOthersOfItsUserStay() {
        simulator.script(
                Script.fail(Failure.UNREGISTERED).forToken("mixed-1.phone-2").always());
        try (DispatcherNode node = dispatcher(Map.of())) {
            PlannedPushes pushes = pushes(node);
            pushes.due("mixed", 1, 3, Priority.HIGH);

            await().atMost(30, SECONDS).until(() -> pushes.left() == 0);

            assertThat(node.bean(Devices.class).of("mixed-1"))
                    .extracting(device -> device.id())
                    .containsExactlyInAnyOrder("phone-1", "phone-3");
        }
    }

    /// Bulk alone would take half a minute.
    @Test
    void bulkDoesNotHoldUpWhatIsCritical() {
        simulator.latency(Duration.ofMillis(200));
        try (DispatcherNode node = dispatcher(Map.of("belfry.push.max-in-flight", 16))) {
            PlannedPushes pushes = pushes(node);
            pushes.due("bulk", 2000, 1, Priority.BULK);
            await().atMost(30, SECONDS).until(() -> simulator.accepted() > 50);

            pushes.due("critical", 1, 1, Priority.CRITICAL);
            node.bean(Signals.class).raise(Signal.PUSH_DUE);

            await().atMost(4, SECONDS)
                    .until(() -> !simulator.messagesTo("critical-1.phone-1").isEmpty());
            assertThat(pushes.left()).isGreaterThan(500);
        }
    }
}
