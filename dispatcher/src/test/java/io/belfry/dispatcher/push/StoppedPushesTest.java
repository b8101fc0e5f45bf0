package io.belfry.dispatcher.push;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditLog;
import io.belfry.core.event.Priority;
import io.belfry.core.stop.Held;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Emergency stops of pushes that two dispatchers send to a slow provider.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoppedPushesTest {
    private static final AuditLog.Origin OPERATOR = new AuditLog.Origin("ada@example.org", null);
    private static final StopTarget PUSH = new StopTarget.Push();
    private static final StopTarget GENERAL = new StopTarget.Category("general");

    private final FcmSimulator simulator = new FcmSimulator(0);
    private final DispatcherNode one;
    private final DispatcherNode other;
    private final PlannedPushes pushes;
    private final Stops stops;

    StoppedPushesTest(TestDatabase database, RedisServer redis) {
        Map<String, Object> narrow = Map.of("belfry.push.endpoint", simulator.url(), "belfry.push.max-in-flight", 16);
        this.one = DispatcherNode.start(database, redis.url(), narrow);
        this.other = DispatcherNode.start(database, redis.url(), narrow);
        this.pushes = new PlannedPushes(one.bean(Jdbi.class));
        this.stops = other.bean(Stops.class);
    }

    @BeforeEach
    void empty() {
        simulator.clear();
        simulator.latency(Duration.ZERO);
    }

    @AfterAll
    void close() {
        one.close();
        other.close();
        simulator.close();
    }

    /// 14 at a time and node, a fifth of a second each: what is claimed would take seconds to go out.
    @Test
    void nothingLeavesTwoSecondsAfterAStopAndEachDeviceGetsItAfterItsEnd() {
        simulator.latency(Duration.ofMillis(200));
        pushes.due("stop", 400, 1, Priority.NORMAL);
        await().atMost(30, SECONDS).until(() -> simulator.accepted() > 30);

        assertThat(stops.stop(PUSH, "", OPERATOR)).isTrue();

        await().atMost(2, SECONDS)
                .until(() -> pushes.count("select count(*) from push_timers where claim is not null") == 0);
        int sent = simulator.messages().size();
        assertThat(pushes.left()).isEqualTo(400 - sent).isGreaterThan(100);
        assertThat(stops.held(PUSH)).isEqualTo(new Held(0, 400 - sent, 0, true));
        assertThat(pushes.count("select count(*) from push_attempts where outcome = 'sending'"))
                .as("tries that were noted and not made")
                .isZero();
        simulator.latency(Duration.ZERO);
        pushes.due("late", 1, 1, Priority.CRITICAL);
        await().atMost(10, SECONDS).until(() -> stops.held(PUSH).pushes() == 401 - sent);
        assertThat(simulator.messages()).hasSize(sent);

        stops.release(PUSH, OPERATOR);

        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        assertThat(simulator.messages())
                .hasSize(401)
                .extracting(ReceivedMessage::token)
                .doesNotHaveDuplicates();
    }

    @Test
    void discardedPushesAreNotSentAndTheirTracesSaySo() {
        stops.stop(PUSH, "", OPERATOR);
        pushes.due("waste", 50, 1, Priority.NORMAL);

        stops.discard(PUSH, OPERATOR);
        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        pushes.due("after", 1, 1, Priority.NORMAL);

        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("after-1.phone-1");
        assertThat(pushes.count("select count(*) from notifications where push = 'stopped' and user_id like 'waste-%'"))
                .isEqualTo(50);
    }

    @Test
    void stoppedBulkIsNotPushedAndTheRestIs() {
        stops.stop(new StopTarget.Bulk(), "", OPERATOR);
        pushes.due("bulk", 30, 1, Priority.BULK);
        pushes.due("rest", 1, 1, Priority.NORMAL);

        await().atMost(30, SECONDS).until(() -> pushes.left() == 30);
        assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("rest-1.phone-1");

        stops.release(new StopTarget.Bulk(), OPERATOR);
        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        assertThat(simulator.messages()).hasSize(31);
    }

    /// Those of a stopped category are more than are claimed at a time, and due for longer.
    @Test
    void aStoppedCategoryIsOutOfTheWayOfOthers() {
        stops.stop(GENERAL, "", OPERATOR);
        pushes.due("held", 500, 1, Priority.NORMAL);
        pushes.due("free", 1, 1, Priority.NORMAL);
        one.bean(Jdbi.class)
                .useHandle(h -> h.execute("update notifications set category = 'security' where user_id = 'free-1'"));

        await().atMost(30, SECONDS).until(() -> stops.held(GENERAL).pushes() == 500);
        await().atMost(30, SECONDS).until(() -> pushes.left() == 500);
        assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("free-1.phone-1");

        stops.release(GENERAL, OPERATOR);
        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        assertThat(simulator.messages()).hasSize(501);
    }

    @Test
    void whatACategoryHeldIsDiscarded() {
        stops.stop(GENERAL, "", OPERATOR);
        pushes.due("lost", 20, 1, Priority.NORMAL);
        await().atMost(30, SECONDS).until(() -> stops.held(GENERAL).pushes() == 20);

        stops.discard(GENERAL, OPERATOR);

        await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
        assertThat(simulator.messages()).isEmpty();
        assertThat(pushes.count("select count(*) from notifications where push = 'stopped' and user_id like 'lost-%'"))
                .isEqualTo(20);
    }
}
