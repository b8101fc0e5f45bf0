package io.belfry.dispatcher.broadcast;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.broadcast.Recall;
import io.belfry.core.broadcast.RecallReport;
import io.belfry.core.broadcast.Recalls;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Broadcasts are taken back, with a simulator in Firebase's place.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class RecallTest {
    private final TestDatabase database;
    private final String redisUrl;
    private final DispatcherNode idle;
    private final Jdbi jdbi;
    private final Broadcasts broadcasts;
    private final Recalls recalls;
    private final FcmSimulator simulator = new FcmSimulator(0);

    RecallTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
        this.idle = DispatcherNode.idle(database, redisUrl);
        this.jdbi = idle.bean(Jdbi.class);
        this.broadcasts = idle.bean(Broadcasts.class);
        this.recalls = idle.bean(Recalls.class);
        Categories categories = idle.bean(Categories.class);
        Category news = categories.find("news").orElseThrow();
        categories.save(new Category(
                news.id(),
                news.name(),
                news.description(),
                news.priority(),
                news.mandatory(),
                news.push(),
                news.pushUnless(),
                Duration.ZERO));
    }

    @AfterEach
    void stop() {
        broadcasts.list(Optional.empty(), 100).forEach(b -> broadcasts.cancel(b.id()));
        jdbi.useHandle(h -> h.execute("truncate users, devices, receipts, push_corrections, broadcast_recalls"));
        simulator.close();
        idle.close();
    }

    private DispatcherNode dispatcher(Map<String, Object> settings) {
        var all = new HashMap<String, Object>(Map.of(
                "belfry.push.endpoint",
                simulator.url(),
                "belfry.broadcasts.wave-pause",
                "1ms",
                "belfry.broadcasts.poll-every",
                "50ms"));
        all.putAll(settings);
        return DispatcherNode.start(database, redisUrl, all);
    }

    /// Each has a phone of the same id: ids of devices are their users'.
    private void people(int users) {
        jdbi.useTransaction(h -> {
            h.execute("insert into users (id) select 'p-' || n from generate_series(1, ?) n", users);
            h.execute(
                    "insert into devices (user_id, id, token, platform)"
                            + " select 'p-' || n, 'phone', 'p-' || n, 'android' from generate_series(1, ?) n",
                    users);
        });
    }

    private UUID start(int waves) {
        UUID id =
                broadcasts.create(Drafts.draft(new Audience.Everyone(), waves, NewBroadcast.Push.ON, Optional.empty()));
        assertThat(broadcasts.start(id)).isTrue();
        return id;
    }

    private Broadcast now(UUID id) {
        return broadcasts.find(id).orElseThrow();
    }

    private RecallReport report(UUID id) {
        return recalls.of(id).orElseThrow();
    }

    private List<ReceivedMessage> withdrawals() {
        return simulator.messages().stream()
                .filter(m -> !m.data("withdrawn").isEmpty())
                .toList();
    }

    private void awaitFinished(UUID id) {
        await().atMost(60, SECONDS).until(() -> report(id).finishedAt().isPresent());
    }

    @Test
    void leavesEveryListAndIsTakenFromThePhonesThatHaveIt() {
        people(30);
        try (DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.push-page", 7))) {
            UUID id = start(4);
            UUID kept = start(1);
            await().atMost(60, SECONDS).until(() -> simulator.accepted() == 60);
            await().atMost(60, SECONDS).until(() -> now(id).push().accepted() == 30);

            assertThat(recalls.recall(id, "ana@example.org")).isInstanceOf(Recall.Begun.class);

            assertThat(now(id).state()).isEqualTo(BroadcastState.RECALLED);
            Announcements announcements = idle.bean(Announcements.class);
            for (int i = 1; i <= 30; i++) {
                assertThat(announcements.of("p-" + i, 0, 10))
                        .extracting(e -> e.announcement().id())
                        .containsExactly(kept);
            }
            awaitFinished(id);
            assertThat(report(id).pushes()).isEqualTo(30);
            assertThat(report(id).withdrawn()).isEqualTo(30);
            assertThat(report(id).by()).isEqualTo("ana@example.org");
            assertThat(withdrawals())
                    .hasSize(30)
                    .extracting(ReceivedMessage::token)
                    .doesNotHaveDuplicates();
            assertThat(withdrawals()).allSatisfy(m -> {
                assertThat(m.data("withdrawn")).isEqualTo(id.toString());
                assertThat(m.message().has("notification")).isFalse();
                assertThat(m.message().at("/android").has("notification")).isFalse();
            });
            assertThat(now(id).push().accepted())
                    .as("what was pushed stays told")
                    .isEqualTo(30);
            assertThat(recalls.recall(id, "ben@example.org"))
                    .isInstanceOfSatisfying(
                            Recall.Repeated.class,
                            again -> assertThat(again.report().by()).isEqualTo("ana@example.org"));
            assertThat(broadcasts.resume(id)).isFalse();
            assertThat(broadcasts.cancel(id)).isFalse();
        }
    }

    @Test
    void pushesThatWaitAreNeverSentAndThoseUnderWayAreTakenBackToo() {
        people(400);
        simulator.latency(Duration.ofMillis(100));
        try (DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.pushes-under-way", 8))) {
            UUID id = start(1);
            await().atMost(30, SECONDS).until(() -> simulator.accepted() > 30);

            assertThat(recalls.recall(id, "ana@example.org")).isInstanceOf(Recall.Begun.class);
            simulator.latency(Duration.ZERO);
            awaitFinished(id);

            var pushed = simulator.messages().stream()
                    .filter(m -> m.data("withdrawn").isEmpty())
                    .map(ReceivedMessage::token)
                    .toList();
            assertThat(pushed).doesNotHaveDuplicates().hasSizeLessThan(300);
            assertThat(withdrawals())
                    .extracting(ReceivedMessage::token)
                    .as("each phone that was pushed to")
                    .containsAll(pushed);
            await().atMost(10, SECONDS).until(() -> now(id).push().accepted() == pushed.size());
        }
    }

    @Test
    void whatACrashInterruptsGoesOnWithTheSamePage() {
        people(20);
        UUID id;
        try (DispatcherNode _ = dispatcher(Map.of())) {
            id = start(1);
            await().atMost(60, SECONDS).until(() -> now(id).push().state().equals("done"));
        }
        recalls.recall(id, "ana@example.org");
        assertThat(recalls.workOnNext(6)).isTrue();
        assertThat(recalls.workOnNext(6))
                .as("others do not wait behind all of it")
                .isFalse();
        assertThat(report(id).pushes()).isEqualTo(6);
        assertThat(report(id).withdrawn()).isZero();
        // The cursor is lost with the page, or neither is: here it is a page that was noted twice.
        jdbi.useHandle(h -> h.execute("update broadcast_recalls set cursor_user = '', cursor_device = '', found = 0"));

        try (DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.push-page", 6));
                DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.push-page", 6))) {
            awaitFinished(id);
            assertThat(withdrawals()).extracting(ReceivedMessage::token).contains("p-1", "p-20");
            assertThat(withdrawals().stream().map(ReceivedMessage::token).distinct())
                    .hasSize(20);
            assertThat(report(id).pushes()).isEqualTo(20);
        }
    }

    @Test
    void phonesThatAreGoneHoldNothingUp() {
        people(3);
        try (DispatcherNode _ = dispatcher(Map.of())) {
            UUID id = start(1);
            await().atMost(60, SECONDS).until(() -> now(id).push().state().equals("done"));
            jdbi.useHandle(h -> h.execute("delete from devices where user_id = 'p-2'"));

            recalls.recall(id, "ana@example.org");

            awaitFinished(id);
            assertThat(withdrawals()).extracting(ReceivedMessage::token).containsExactlyInAnyOrder("p-1", "p-3");
            assertThat(report(id).withdrawn()).isEqualTo(3);
        }
    }
}
