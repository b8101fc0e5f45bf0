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
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.Recipients;
import io.belfry.core.inbox.InboxActs;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.dispatcher.push.PushResult;
import io.belfry.dispatcher.push.PushTry;
import io.belfry.dispatcher.push.RetryPolicy;
import io.belfry.dispatcher.push.Sent;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.Failure;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import io.belfry.testkit.fcm.Script;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The pushes of broadcasts, on whole dispatchers with a simulator in Firebase's place.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class PushJobTest {
    private final TestDatabase database;
    private final String redisUrl;
    private final DispatcherNode idle;
    private final Jdbi jdbi;
    private final Broadcasts broadcasts;
    private FcmSimulator simulator;

    PushJobTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
        this.idle = DispatcherNode.idle(database, redisUrl);
        this.jdbi = idle.bean(Jdbi.class);
        this.broadcasts = idle.bean(Broadcasts.class);
    }

    @BeforeEach
    void start() {
        simulator = new FcmSimulator(0);
        waitForReceipts(Duration.ZERO);
    }

    @AfterEach
    void stop() {
        broadcasts.list(Optional.empty(), 100).forEach(b -> broadcasts.cancel(b.id()));
        jdbi.useHandle(h -> h.execute("truncate users, devices, topic_followers, receipts"));
        simulator.close();
        idle.close();
    }

    private void waitForReceipts(Duration delay) {
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
                delay));
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

    /// `name-1` … each with phones `phone-1` …
    private void people(String name, int users, int phones) {
        jdbi.useTransaction(h -> {
            h.execute("insert into users (id) select ? || '-' || n from generate_series(1, ?) n", name, users);
            h.execute(
                    "insert into devices (user_id, id, token, platform) select ? || '-' || n, 'phone-' || p,"
                            + " ? || '-' || n || '.phone-' || p, 'android'"
                            + " from generate_series(1, ?) n, generate_series(1, ?) p",
                    name,
                    name,
                    users,
                    phones);
        });
    }

    private UUID start(Audience audience) {
        return start(audience, Optional.empty());
    }

    private UUID start(Audience audience, Optional<Instant> validUntil) {
        UUID id = broadcasts.create(Drafts.draft(audience, 4, NewBroadcast.Push.ON, validUntil));
        assertThat(broadcasts.start(id)).isTrue();
        return id;
    }

    private Broadcast now(UUID id) {
        return broadcasts.find(id).orElseThrow();
    }

    private void awaitPushes(UUID id, String state) {
        await().atMost(60, SECONDS).until(() -> now(id).push().state().equals(state));
    }

    private List<String> tokens() {
        return simulator.messages().stream().map(ReceivedMessage::token).toList();
    }

    private boolean isClaimed(UUID id) {
        return jdbi.withHandle(h -> h.createQuery("select push_claim is not null from broadcasts where id = :id")
                .bind("id", id)
                .mapTo(Boolean.class)
                .one());
    }

    @Test
    void everyDeviceOfTheAudienceIsPushedToOnceByWhateverDispatchers() {
        people("all", 400, 2);
        try (DispatcherNode _ = dispatcher(Map.of());
                DispatcherNode _ = dispatcher(Map.of())) {
            UUID id = start(new Audience.Everyone());

            awaitPushes(id, "done");

            assertThat(tokens()).hasSize(800).doesNotHaveDuplicates();
            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 800, 800, 0, 0));
            assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
        }
    }

    @Test
    void onlyThoseAddressedArePushedToInTheirLanguage() {
        people("crowd", 30, 1);
        jdbi.useHandle(h -> h.execute("update users set locale = 'de-AT' where id = 'crowd-7'"));
        jdbi.useHandle(h -> h.execute("insert into topic_followers (topic, user_id) select 'team/7', id from users"
                + " where id in ('crowd-7', 'crowd-8')"));
        try (DispatcherNode _ = dispatcher(Map.of())) {
            UUID topic = start(new Audience.Topic("team/7"));
            awaitPushes(topic, "done");
            assertThat(tokens()).containsExactlyInAnyOrder("crowd-7.phone-1", "crowd-8.phone-1");
            assertThat(simulator.messagesTo("crowd-7.phone-1").getFirst().title())
                    .isEqualTo("Wartung heute Nacht");
            ReceivedMessage english = simulator.messagesTo("crowd-8.phone-1").getFirst();
            assertThat(english.title()).isEqualTo("Maintenance tonight");
            assertThat(english.data("id")).isEqualTo(topic.toString());
            assertThat(english.data("link")).isEqualTo("/status");

            simulator.clear();
            UUID users = start(new Audience.Users(List.of("crowd-1", "nobody", "crowd-30", "crowd-1")));
            awaitPushes(users, "done");
            assertThat(tokens()).containsExactlyInAnyOrder("crowd-1.phone-1", "crowd-30.phone-1");
        }
    }

    /// A receipt of an earlier wave than the user's own proves nothing.
    @Test
    void whoReceivedOrReadItIsNotPushedTo() throws Exception {
        people("had", 5, 2);
        waitForReceipts(Duration.ofHours(1));
        try (DispatcherNode _ = dispatcher(Map.of())) {
            UUID id = start(new Audience.Everyone());
            await().atMost(30, SECONDS).until(() -> now(id).state() == BroadcastState.SENT);
            receive("had-1", "phone-1", waveOf(id, "had-1"));
            receive("had-2", "", waveOf(id, "had-2") + 1);
            receive("had-3", "phone-1", waveOf(id, "had-3") - 1);
            idle.bean(InboxActs.class).markAnnouncementsRead("had-4", List.of(id));

            waitForReceipts(Duration.ZERO);
            // The dispatcher may not have heard of it when it looks for the first time.
            await().atMost(60, SECONDS).until(() -> {
                jdbi.useHandle(h ->
                        h.execute("update broadcasts set push_due_at = now() where push_claim is null and id = ?", id));
                return now(id).push().state().equals("done");
            });
            assertThat(tokens())
                    .containsExactlyInAnyOrder("had-3.phone-1", "had-3.phone-2", "had-5.phone-1", "had-5.phone-2");
            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 10, 4, 0, 6));
        }
    }

    private long waveOf(UUID id, String user) {
        return idle.bean(Announcements.class).wavesAfter(0, 10_000).stream()
                .filter(wave -> wave.broadcastId().equals(id) && wave.holds(user))
                .findFirst()
                .orElseThrow()
                .offset();
    }

    private void receive(String user, String device, long offset) throws Exception {
        idle.bean(Receipts.class).save(List.of(new Receipt(user, device, 0, offset)));
    }

    @Test
    void aJobThatADeadDispatcherLeftIsTakenOverWithoutASecondPush() throws Exception {
        people("left", 100, 1);
        UUID id;
        try (DispatcherNode _ = dispatcher(Map.of("belfry.push.enabled", false))) {
            id = start(new Audience.Everyone());
            await().atMost(30, SECONDS).until(() -> now(id).state() == BroadcastState.SENT);
        }
        // A dispatcher without a provider switches the pushes off; this one only lost its provider in the test.
        jdbi.useHandle(h -> h.execute("update broadcasts set push_state = 'waiting' where id = ?", id));
        PushJobs dying = new PushJobs(jdbi, broadcasts, idle.bean(Recipients.class), settings(Duration.ofSeconds(1)));
        PushJob job = dying.claim().orElseThrow();
        List<Addressee> page = dying.next(job, job.begin(), 40);
        var tries = new ArrayList<PushTry>();
        for (Addressee device : page) {
            tries.add(job.next(device, PushTry.newId(Clock.systemUTC()), Instant.now(), "en"));
        }
        assertThat(dying.begin(
                        job,
                        new PushJobs.Page(
                                tries, List.of(), List.of(), page.getLast().place(), 40, 0, 0, 0)))
                .isTrue();

        try (DispatcherNode _ = dispatcher(Map.of())) {
            awaitPushes(id, "done");

            assertThat(tokens()).hasSize(100).doesNotHaveDuplicates();
            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 100, 100, 0, 0));
            assertThat(dying.keep(job)).isFalse();
            assertThat(attempts(id, "sending")).isEqualTo(40);
            assertThat(attempts(id, "accepted")).isEqualTo(100);

            // It was not dead after all, and comes with its results.
            Sent taken =
                    new Sent(tries.get(0), Instant.now(), new PushResult.Accepted("late"), new RetryPolicy.Next.Done());
            Sent refused = new Sent(
                    tries.get(1),
                    Instant.now(),
                    new PushResult.ProviderDown("late"),
                    new RetryPolicy.Next.Retry(Instant.now()));
            new PushTally(jdbi, Clock.systemUTC())
                    .write(List.of(
                            new PushTally.Result(job, tries.get(0), Optional.of(taken)),
                            new PushTally.Result(job, tries.get(1), Optional.of(refused))));
            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 100, 100, 0, 0));
            assertThat(attempts(id, "sending")).isEqualTo(38);
            assertThat(dying.retries(job, 10)).isEmpty();
        }
    }

    private static BroadcastSettings settings(Duration lease) {
        return new BroadcastSettings(Duration.ZERO, Duration.ofMillis(50), 128, 1000, lease);
    }

    private long attempts(UUID id, String outcome) {
        return jdbi.withHandle(
                h -> h.createQuery("select count(*) from push_attempts where subject_id = :id and outcome = :outcome")
                        .bind("id", id)
                        .bind("outcome", outcome)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void pausingStopsThePushesAndResumingEndsThem() {
        people("slow", 400, 1);
        simulator.latency(Duration.ofMillis(100));
        try (DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.pushes-under-way", 8))) {
            UUID id = start(new Audience.Everyone());
            await().atMost(30, SECONDS).until(() -> simulator.accepted() > 30);

            assertThat(broadcasts.pause(id)).isTrue();
            await().atMost(3, SECONDS).until(() -> !isClaimed(id));
            long sent = simulator.received();
            assertThat(sent).isLessThan(300);
            assertThat(now(id).push().accepted()).isEqualTo(sent);
            // The dispatcher is not at rest, only this broadcast is.
            UUID other = start(new Audience.Users(List.of("slow-1")));
            awaitPushes(other, "done");
            assertThat(simulator.received()).isEqualTo(sent + 1);

            assertThat(broadcasts.resume(id)).isTrue();
            awaitPushes(id, "done");
            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 400, 400, 0, 0));
            assertThat(simulator.received()).isEqualTo(401);
        }
    }

    @Test
    void whatIsCancelledIsNotPushedAnyMore() {
        people("cut", 400, 1);
        simulator.latency(Duration.ofMillis(100));
        try (DispatcherNode _ = dispatcher(Map.of("belfry.broadcasts.pushes-under-way", 8))) {
            UUID id = start(new Audience.Everyone());
            await().atMost(30, SECONDS).until(() -> simulator.accepted() > 30);

            assertThat(broadcasts.cancel(id)).isTrue();
            await().atMost(3, SECONDS).until(() -> !isClaimed(id));
            long sent = simulator.received();
            UUID other = start(new Audience.Users(List.of("cut-1")));
            awaitPushes(other, "done");

            assertThat(simulator.received()).isEqualTo(sent + 1).isLessThan(300);
            assertThat(now(id).push().state()).isEqualTo("done");
            assertThat(broadcasts.resume(id)).isFalse();
        }
    }

    @Test
    void devicesAreTriedAgainAndCountedOnce() {
        people("again", 20, 1);
        simulator.script(Script.fail(Failure.QUOTA_EXCEEDED)
                .retryAfter(Duration.ofSeconds(1))
                .forToken("again-1.phone-1")
                .times(2));
        simulator.script(
                Script.fail(Failure.UNREGISTERED).forToken("again-2.phone-1").always());
        simulator.script(Script.drop().delivering().forToken("again-3.phone-1").always());
        try (DispatcherNode _ = dispatcher(Map.of("belfry.push.retry.initial", "50ms"))) {
            UUID id = start(new Audience.Everyone());

            awaitPushes(id, "done");

            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 20, 18, 2, 0));
            assertThat(simulator.messagesTo("again-1.phone-1")).hasSize(3);
            assertThat(simulator.messagesTo("again-2.phone-1")).hasSize(1);
            assertThat(simulator.messagesTo("again-3.phone-1")).hasSize(2);
            assertThat(simulator.shownOn("again-3.phone-1")).hasSize(1);
        }
    }

    @Test
    void whileTheProviderIsDownNothingIsLostAndNobodyIsTriedInVain() {
        people("down", 300, 1);
        simulator.script(Script.fail(Failure.UNAVAILABLE).always());
        Map<String, Object> impatient = Map.of(
                "belfry.push.retry.initial", "50ms",
                "belfry.push.circuit.failures", 5,
                "belfry.push.circuit.initial", "100ms",
                "belfry.push.circuit.max", "200ms",
                "belfry.broadcasts.pushes-under-way", 8);
        try (DispatcherNode _ = dispatcher(impatient)) {
            UUID id = start(new Audience.Everyone());
            await().atMost(30, SECONDS).until(() -> simulator.received() > 12);
            assertThat(simulator.received()).isLessThan(100);
            simulator.clearScripts();

            awaitPushes(id, "done");

            assertThat(now(id).push()).isEqualTo(new Broadcast.PushProgress("done", 300, 300, 0, 0));
            assertThat(simulator.messages().stream()
                            .filter(ReceivedMessage::accepted)
                            .map(ReceivedMessage::token))
                    .hasSize(300)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aPushLivesNoLongerThanItsBroadcast() {
        people("short", 1, 1);
        try (DispatcherNode _ = dispatcher(Map.of())) {
            UUID id = start(new Audience.Everyone(), Optional.of(Instant.now().plus(Duration.ofHours(2))));

            awaitPushes(id, "done");

            String ttl =
                    simulator.messages().getFirst().message().at("/android/ttl").asText();
            assertThat(Double.parseDouble(ttl.replace("s", ""))).isBetween(6600.0, 7200.0);
        }
    }

    @Test
    void withoutAProviderTheBroadcastSaysThatPushIsOff() {
        try (DispatcherNode _ = dispatcher(Map.of("belfry.push.enabled", false))) {
            UUID id = start(new Audience.Everyone());

            awaitPushes(id, "off");
            assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
        }
    }
}
