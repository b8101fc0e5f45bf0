package io.belfry.dispatcher.push;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.deadletter.DeadLetter;
import io.belfry.core.deadletter.DeadLetterFilter;
import io.belfry.core.deadletter.DeadLetters;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.timer.TimerId;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.TimerOutcome;
import io.belfry.core.timer.Timers;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.Failure;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.Script;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What people let go or try again, on a whole dispatcher with a simulator in Firebase's place.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class SecondChanceTest {
    private final TestDatabase database;
    private final String redisUrl;
    private final FcmSimulator simulator = new FcmSimulator(0);

    SecondChanceTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
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

    @Test
    void aRetriedPushGoesOnlyToTheDevicesThatHaveNotGotIt() {
        simulator.script(
                Script.fail(Failure.UNAVAILABLE).forToken("again-1.phone-2").always());
        try (DispatcherNode node = dispatcher(Map.of("belfry.push.retry.attempts", 1))) {
            PlannedPushes pushes = new PlannedPushes(node.bean(Jdbi.class));
            pushes.due("again", 1, 2, Priority.HIGH);
            await().atMost(30, SECONDS).until(() -> pushes.left() == 0);
            DeadLetters letters = node.bean(DeadLetters.class);
            assertThat(letters.list(DeadLetterFilter.ALL, OptionalLong.empty(), 10))
                    .hasSize(1)
                    .allMatch(letter -> letter.prospect() == DeadLetter.Prospect.OPEN);
            simulator.clearScripts();

            DeadLetters.Done done = letters.retry(DeadLetterFilter.ALL);

            assertThat(done).isEqualTo(new DeadLetters.Done(1, 0, false));
            await().atMost(30, SECONDS)
                    .until(() -> simulator.shownOn("again-1.phone-2").size() == 1 && pushes.left() == 0);
            assertThat(simulator.messagesTo("again-1.phone-1")).hasSize(1);
            assertThat(letters.list(DeadLetterFilter.ALL, OptionalLong.empty(), 10))
                    .isEmpty();
        }
    }

    @Test
    void aPushThatIsLetGoDoesNotWaitForTheMorning() {
        LocalTime now = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
        try (DispatcherNode idle = DispatcherNode.idle(database, redisUrl)) {
            idle.bean(Jdbi.class)
                    .useHandle(h -> h.execute(
                            "insert into user_preferences (user_id, settings) values ('owl', cast(? as json))",
                            "{\"quietHours\":{\"from\":\"" + now.minusHours(1) + "\",\"to\":\"" + now.plusHours(3)
                                    + "\",\"days\":[\"monday\",\"tuesday\",\"wednesday\",\"thursday\",\"friday\","
                                    + "\"saturday\",\"sunday\"]}}"));
        }
        try (DispatcherNode node = dispatcher(Map.of())) {
            UUID id = new PlannedPushes(node.bean(Jdbi.class)).due("owl", Instant.now(), List.of());
            Timers timers = node.bean(Timers.class);
            TimerId timer = new TimerId(TimerId.Source.PUSH, id);
            await().atMost(30, SECONDS).until(() -> timers.find(timer)
                    .filter(t -> t.kind() == TimerKind.DEFERRED && !t.isInHand())
                    .isPresent());
            assertThat(timers.find(timer).orElseThrow().reason()).contains("quiet_hours");
            assertThat(simulator.messages()).isEmpty();

            assertThat(timers.release(timer)).isEqualTo(new TimerOutcome.Done());

            await().atMost(30, SECONDS)
                    .until(() -> simulator.messagesTo("owl.phone").size() == 1);
        }
    }

    @Test
    void whatWasSnoozedForLongerThanProvidersKeepAPushReturnsWithOne() {
        try (DispatcherNode idle = DispatcherNode.idle(database, redisUrl)) {
            PlannedPushes pushes = new PlannedPushes(idle.bean(Jdbi.class));
            pushes.due("bear", Instant.now().minus(Duration.ofDays(60)), List.of());
            idle.bean(Jdbi.class)
                    .useHandle(h -> h.execute("update push_timers set since = now() where user_id = 'bear'"));
        }
        try (DispatcherNode node = dispatcher(Map.of())) {
            await().atMost(30, SECONDS).until(() -> new PlannedPushes(node.bean(Jdbi.class)).left() == 0);

            assertThat(simulator.messagesTo("bear.phone")).hasSize(1);
        }
    }

    @Test
    void aRetriedEventGoesOnFromWhereItHadCome() {
        try (DispatcherNode node = dispatcher(Map.of())) {
            UUID event = EventId.mint(Instant.now());
            node.bean(Jdbi.class).useTransaction(h -> {
                h.execute("insert into users (id) values ('fan-a'), ('fan-b'), ('fan-c')");
                h.execute(
                        "insert into topic_followers (topic, user_id) values ('band/1', 'fan-a'), ('band/1', 'fan-b'),"
                                + " ('band/1', 'fan-c')");
                h.execute(
                        "insert into events (id, accepted_at, api_key_id, type, category, priority, topic, recipients, data)"
                                + " values (?, now(), ?, 'a.b', 'general', 2, 'band/1', '{}', '{}')",
                        event,
                        UUID.randomUUID());
                h.execute(
                        "insert into dead_letters (kind, subject_id, reason, lane, expanded_to)"
                                + " values ('event', ?, 'too bad', 17, 'fan-b')",
                        event);
            });

            node.bean(DeadLetters.class).retry(DeadLetterFilter.ALL);

            InboxLog log = node.bean(InboxLog.class);
            await().atMost(30, SECONDS).until(() -> log.position("fan-c").head() == 1);
            assertThat(log.position("fan-a").head()).isZero();
            assertThat(log.position("fan-b").head()).isZero();
        }
    }
}
