package io.belfry.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.database.JdbiFactory;
import io.belfry.core.event.Priority;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.sandbox.SandboxSettings;
import io.belfry.core.signal.Signals;
import io.belfry.core.user.Bucket;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class DraftsTest {
    private static final Sandbox OPEN = new Sandbox(new SandboxSettings(null, SandboxSettings.Extent.TEST_KEYS));
    private static final ReleaseSettings RELEASE = new ReleaseSettings(1_000, Duration.ofSeconds(30));

    private static final String ADA = "ada@example.com";

    private final RedisClient redis = RedisClient.create(RedisExtension.server().url());
    private final Jdbi jdbi;
    private final Drafts drafts;
    private final Broadcasts broadcasts;
    private final Audiences audiences;
    private final UUID id = UUID.randomUUID();
    private final String topic = "topic/" + id;

    DraftsTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.drafts = new Drafts(jdbi);
        this.broadcasts = new Broadcasts(jdbi, new Signals(redis), RELEASE, Clock.systemUTC(), OPEN);
        this.audiences = new Audiences(jdbi);
    }

    @AfterEach
    void disconnect() {
        redis.shutdown();
    }

    @Test
    void savesAndSavesAgain() {
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Everyone())));
        Broadcast second = kept(drafts.save(id, 1, draft("Two", new Audience.Topic(topic))));
        assertThat(second.revision()).isEqualTo(2);
        assertThat(broadcasts.find(id)).hasValueSatisfying(b -> {
            assertThat(b.contents().get("en").title()).isEqualTo("Two");
            assertThat(b.audience()).isEqualTo(new Audience.Topic(topic));
            assertThat(b.state()).isEqualTo(BroadcastState.DRAFT);
        });
    }

    @Test
    void theSameSaveTwiceIsOne() {
        NewBroadcast one = draft("One", new Audience.Everyone());
        kept(drafts.save(id, Drafts.UNSAVED, one));
        assertThat(kept(drafts.save(id, Drafts.UNSAVED, one)).revision()).isEqualTo(1);
        NewBroadcast two = draft("Two", new Audience.Everyone());
        kept(drafts.save(id, 1, two));
        assertThat(kept(drafts.save(id, 1, two)).revision()).isEqualTo(2);
    }

    @Test
    void whoEditedAnOlderRevisionOverwritesNobody() {
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Everyone())));
        kept(drafts.save(id, 1, draft("Ada's", new Audience.Everyone())));
        assertThat(drafts.save(id, 1, draft("Bob's", new Audience.Everyone())))
                .isInstanceOfSatisfying(Drafts.Saved.Conflict.class, conflict -> assertThat(
                                conflict.now().contents().get("en").title())
                        .isEqualTo("Ada's"));
    }

    @Test
    void whatWasStartedIsNotADraftAnyMore() {
        follow(3);
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Topic(topic))));
        assertThat(broadcasts.start(id, 1, 3, ADA)).isEqualTo(new Start.Started(3));
        assertThat(drafts.save(id, 1, draft("Late", new Audience.Everyone())))
                .isInstanceOf(Drafts.Saved.Conflict.class);
        assertThat(drafts.discard(id)).isFalse();
        assertThat(broadcasts.find(id)).hasValueSatisfying(b -> {
            assertThat(b.contents().get("en").title()).isEqualTo("One");
            assertThat(b.startedBy()).contains(ADA);
        });
    }

    @Test
    void onlyTheReviewedRevisionStarts() {
        follow(3);
        kept(drafts.save(id, Drafts.UNSAVED, draft("Reviewed", new Audience.Topic(topic))));
        kept(drafts.save(id, 1, draft("Changed", new Audience.Topic(topic))));
        assertThat(broadcasts.start(id, 1, 3, ADA)).isEqualTo(new Start.Changed(2));
        assertThat(broadcasts.find(id))
                .hasValueSatisfying(b -> assertThat(b.state()).isEqualTo(BroadcastState.DRAFT));
    }

    @Test
    void anAudienceThatGrewMuchSinceTheReviewIsConfirmedAnew() {
        follow(3);
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Topic(topic))));
        follow(14);
        assertThat(broadcasts.start(id, 1, 3, ADA)).isEqualTo(new Start.Grown(14));
        follow(13);
        assertThat(broadcasts.start(id, 1, 14, ADA)).isEqualTo(new Start.Started(13));
    }

    @Test
    void nobodyAndThePastAreRefused() {
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Topic(topic))));
        assertThat(broadcasts.start(id, 1, 0, ADA)).isEqualTo(new Start.Nobody());
        follow(1);
        Instant past = Instant.now().minusSeconds(1);
        kept(drafts.save(id, 1, draft("One", new Audience.Topic(topic), Optional.of(past))));
        assertThat(broadcasts.start(id, 2, 1, ADA)).isInstanceOf(Start.Expired.class);
        assertThat(broadcasts.start(UUID.randomUUID(), 1, 1, ADA)).isEqualTo(new Start.Unknown());
    }

    @Test
    void ofManyStartsAtOnceOneStarts() throws Exception {
        follow(5);
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Topic(topic))));
        Callable<Start> start = () -> broadcasts.start(id, 1, 5, ADA);
        var starts = new ArrayList<Start>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result :
                    threads.invokeAll(Stream.generate(() -> start).limit(8).toList())) {
                starts.add(result.get());
            }
        }
        assertThat(starts).filteredOn(Start.Started.class::isInstance).hasSize(1);
        assertThat(starts).filteredOn(Start.NotDraft.class::isInstance).hasSize(7);
    }

    @Test
    void aTestIsMadeOnceAndDoesNotTouchItsDraft() {
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Everyone())));
        UUID test = UUID.randomUUID();
        NewBroadcast copy = draft("One", new Audience.Users(List.of("tester")));
        assertThat(drafts.makeTest(test, id, copy)).isTrue();
        assertThat(drafts.makeTest(test, id, copy)).isFalse();
        assertThat(broadcasts.testsOf(id, 10)).extracting(Broadcast::id).containsExactly(test);
        assertThat(drafts.lastTest(ADA)).contains(new Audience.Users(List.of("tester")));
        assertThat(drafts.discard(id)).isTrue();
        assertThat(broadcasts.find(test))
                .hasValueSatisfying(b -> assertThat(b.testOf()).isEmpty());
    }

    @Test
    void receiversAreThoseWhoseWaveIsOutAndWhoProvedIt() throws Exception {
        String early = userIn(0, 512);
        String late = userIn(512, 1024);
        String stranger = userIn(0, 512);
        kept(drafts.save(id, Drafts.UNSAVED, draft("One", new Audience.Users(List.of(early, late)))));
        broadcasts.start(id, 1, 2, ADA);
        long head = jdbi.withHandle(h -> h.createQuery("update announcement_head set head = head + 1 returning head")
                .mapTo(Long.class)
                .one());
        jdbi.useHandle(h -> h.execute(
                "insert into announcements (\"offset\", broadcast_id, bucket_from, bucket_to) values (?, ?, 0, 512)",
                head,
                id));
        assertThat(receivers()).isZero();
        new Receipts(jdbi)
                .save(List.of(
                        new Receipt(early, "phone", 0, head),
                        new Receipt(early, "old phone", 0, head - 1),
                        new Receipt(late, "phone", 0, head),
                        new Receipt(stranger, "phone", 0, head)));
        assertThat(receivers()).isEqualTo(1);
    }

    @Test
    void reachTellsStrangersApart() {
        String known = "known-" + id;
        jdbi.useHandle(h -> {
            h.execute("insert into users (id) values (?)", known);
            h.execute("insert into devices (user_id, id, token, platform) values (?, 'a', ?, 'ios')", known, "t-" + id);
        });
        assertThat(audiences.reach(new Audience.Users(List.of(known, known, "stranger-" + id))))
                .isEqualTo(new Audiences.Reach(2, 1, 1));
        follow(4);
        assertThat(audiences.reach(new Audience.Topic(topic))).isEqualTo(new Audiences.Reach(4, 0, 0));
    }

    @Test
    void theSearchFindsByTitleInAnyLanguageAndByState() {
        UUID other = UUID.randomUUID();
        String mark = UUID.randomUUID().toString();
        drafts.save(
                id,
                Drafts.UNSAVED,
                new NewBroadcast(
                        new Audience.Everyone(),
                        Map.of(
                                "en",
                                new Content("Nothing", "", null),
                                "de",
                                new Content("Wartung 100% " + mark, "", null)),
                        "news",
                        Priority.BULK,
                        Optional.empty(),
                        8,
                        NewBroadcast.Push.OFF,
                        ADA));
        drafts.save(other, Drafts.UNSAVED, draft("Other", new Audience.Everyone()));
        assertThat(found("wartung 100% " + mark)).containsExactly(id);
        assertThat(found("wartung 10_% " + mark)).isEmpty();
    }

    private List<UUID> found(String text) {
        return broadcasts
                .search(new Broadcasts.Search(
                        Set.of(BroadcastState.DRAFT),
                        Optional.of(text),
                        Broadcasts.Search.Tests.HIDDEN,
                        Optional.empty(),
                        10))
                .stream()
                .map(Broadcast::id)
                .toList();
    }

    private long receivers() {
        return audiences.receivers(broadcasts.find(id).orElseThrow());
    }

    private void follow(int people) {
        jdbi.useHandle(h -> {
            h.execute("delete from topic_followers where topic = ?", topic);
            h.execute(
                    "insert into topic_followers (topic, user_id) select ?, 'f' || i from generate_series(1, ?) i",
                    topic,
                    people);
        });
    }

    private static String userIn(int from, int to) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "user-" + UUID.randomUUID())
                .filter(user -> from <= Bucket.of(user) && Bucket.of(user) < to)
                .findFirst()
                .orElseThrow();
    }

    private static Broadcast kept(Drafts.Saved saved) {
        return ((Drafts.Saved.Kept) saved).draft();
    }

    private static NewBroadcast draft(String title, Audience audience) {
        return draft(title, audience, Optional.empty());
    }

    private static NewBroadcast draft(String title, Audience audience, Optional<Instant> validUntil) {
        return new NewBroadcast(
                audience,
                Map.of("en", new Content(title, "Body", null)),
                "news",
                Priority.NORMAL,
                validUntil,
                8,
                NewBroadcast.Push.ON,
                ADA);
    }
}
