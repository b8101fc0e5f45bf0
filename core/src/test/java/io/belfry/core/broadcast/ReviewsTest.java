package io.belfry.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.database.JdbiFactory;
import io.belfry.core.event.Priority;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.sandbox.SandboxSettings;
import io.belfry.core.signal.Signals;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What has to happen before a broadcast leaves, and how it is taken back.
@ExtendWith(PostgresExtension.class)
class ReviewsTest {
    private static final String ADA = "ada@example.com";
    private static final String BOB = "bob@example.com";
    private static final String GRACE = "grace@example.com";
    private static final int ABOVE = 100;
    private static final int MANY = 101;

    private final RedisClient redis = RedisClient.create(RedisExtension.server().url());
    private final Jdbi jdbi;
    private final Drafts drafts;
    private final Reviews reviews;
    private final Broadcasts broadcasts;
    private final UUID id = UUID.randomUUID();
    private final String topic = "topic/" + id;

    ReviewsTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.drafts = new Drafts(jdbi);
        this.reviews = new Reviews(jdbi);
        this.broadcasts = new Broadcasts(
                jdbi,
                new Signals(redis),
                new ReleaseSettings(ABOVE, Duration.ofMinutes(1)),
                Clock.systemUTC(),
                new Sandbox(new SandboxSettings(null, SandboxSettings.Extent.TEST_KEYS)));
    }

    @AfterEach
    void disconnect() {
        redis.shutdown();
    }

    @Test
    void fewNeedNobodyAndManyNeedSomebodyElse() {
        follow(ABOVE);
        save(0, "One", ADA);
        follow(MANY);
        assertThat(start(1)).isEqualTo(new Start.Unapproved(MANY, ABOVE));
        assertThat(broadcasts.start(id)).as("without an operator").isFalse();
        assertThat(decide(GRACE)).as("nobody asked").isInstanceOf(Reviews.Outcome.NotAsked.class);
        assertThat(ask(ADA)).isInstanceOf(Reviews.Outcome.Done.class);
        assertThat(start(1)).as("asked only").isInstanceOf(Start.Unapproved.class);
        assertThat(decide(ADA)).isInstanceOf(Reviews.Outcome.OwnWork.class);
        assertThat(decide(GRACE)).isInstanceOf(Reviews.Outcome.Done.class);
        assertThat(decide(GRACE)).as("twice").isInstanceOf(Reviews.Outcome.NotAsked.class);
        assertThat(start(1)).isEqualTo(new Start.Started(MANY));
        assertThat(now().approvedBy()).contains(GRACE);
    }

    @Test
    void anyEditVoidsAnApproval() {
        follow(MANY);
        save(0, "One", ADA);
        ask(ADA);
        decide(GRACE);
        save(1, "One, but another", ADA);
        assertThat(reviews.current(now())).isEmpty();
        assertThat(start(2)).isInstanceOf(Start.Unapproved.class);
        save(2, "One", ADA);
        assertThat(start(3)).as("what was approved, word for word").isInstanceOf(Start.Started.class);
    }

    @Test
    void anotherRuleOfItsSegmentVoidsAnApproval() {
        people(MANY);
        rule("paid");
        drafts.save(id, 0, draft(new Audience.Segment(topic), "One", ADA, Release.AT_ONCE));
        ask(ADA);
        decide(GRACE);
        rule("free");
        assertThat(reviews.current(now())).isEmpty();
        rule("paid");
        assertThat(start(1)).isEqualTo(new Start.Started(MANY));
        people(MANY + 1);
        assertThat(addressees()).as("fixed when it started").isEqualTo(MANY);
        assertThat(new Announcements(jdbi)
                        .addressed(id, List.of(topic + "1", "somebody"))
                        .users())
                .containsExactly(topic + "1");
    }

    @Test
    void aSegmentThatIsGoneHoldsNobody() {
        assertThat(broadcasts.count(new Audience.Segment("gone"))).isZero();
        assertThat(new Audiences(jdbi).reach(new Audience.Segment("gone"))).isEqualTo(new Audiences.Reach(0, 0, 0));
    }

    /// So many users have the plan `paid`.
    private void people(int count) {
        jdbi.useHandle(h -> h.execute(
                "insert into users (id, attributes) select ? || i, jsonb_build_object('plan', 'paid', 'of', ?)"
                        + " from generate_series(1, ?) i on conflict do nothing",
                topic,
                topic,
                count));
    }

    /// The segment is those who have that plan.
    private void rule(String plan) {
        jdbi.useHandle(h -> h.execute(
                "insert into segments (id, description, rule) values (?, '', cast(? as json))"
                        + " on conflict (id) do update set rule = excluded.rule",
                topic,
                "{\"all\":[{\"attribute\":\"plan\",\"eq\":\"" + plan + "\"},{\"attribute\":\"of\",\"eq\":\"" + topic
                        + "\"}]}"));
    }

    @Test
    void whatWasLookedAtIsWhatIsDecided() {
        follow(MANY);
        save(0, "One", ADA);
        ask(ADA);
        ReviewHash seen = reviews.hash(now());
        save(1, "Two", ADA);
        assertThat(reviews.decide(id, seen, Review.Verdict.APPROVED, GRACE, ""))
                .isInstanceOf(Reviews.Outcome.Changed.class);
        assertThat(reviews.ask(id, seen, MANY, ADA)).isInstanceOf(Reviews.Outcome.Changed.class);
    }

    @Test
    void nobodyWhoWroteAtItApprovesIt() {
        follow(MANY);
        save(0, "One", ADA);
        save(1, "Two", BOB);
        ask(GRACE);
        for (String author : new String[] {ADA, BOB, GRACE}) {
            assertThat(decide(author)).as(author).isInstanceOf(Reviews.Outcome.OwnWork.class);
        }
        assertThat(decide("edsger@example.com")).isInstanceOf(Reviews.Outcome.Done.class);
    }

    @Test
    void aReturnedOneIsAskedForAnewAndTellsWhy() {
        follow(MANY);
        save(0, "One", ADA);
        ask(ADA);
        reviews.decide(id, reviews.hash(now()), Review.Verdict.RETURNED, GRACE, "wrong link");
        assertThat(start(1)).isInstanceOf(Start.Unapproved.class);
        assertThat(reviews.current(now()).orElseThrow().decision().orElseThrow().remark())
                .isEqualTo("wrong link");
        ask(ADA);
        decide(GRACE);
        assertThat(start(1)).isInstanceOf(Start.Started.class);
    }

    @Test
    void anApprovalDoesNotCoverMuchLargerAudiences() {
        follow(MANY);
        save(0, "One", ADA);
        ask(ADA);
        decide(GRACE);
        follow(2 * MANY);
        assertThat(broadcasts.start(id, 1, 2L * MANY, ADA)).isEqualTo(new Start.Unapproved(2L * MANY, ABOVE));
    }

    @Test
    void nothingLeavesWithinTheUndoWindowAndUndoingGivesTheDraftBack() {
        follow(5);
        save(0, "One", ADA);
        assertThat(broadcasts.start(id, 1, 5, ADA)).isEqualTo(new Start.Started(5));
        assertThat(now().nextWaveAt().orElseThrow()).isAfter(Instant.now().plusSeconds(30));
        assertThat(broadcasts.undo(id)).isTrue();
        assertThat(now().state()).isEqualTo(BroadcastState.DRAFT);
        assertThat(now().revision()).isEqualTo(1);
        assertThat(addressees()).isZero();
        assertThat(broadcasts.start(id, 1, 5, ADA)).isEqualTo(new Start.Started(5));
        jdbi.useHandle(h -> h.execute("update broadcasts set waves_done = 1 where id = ?", id));
        assertThat(broadcasts.undo(id)).as("a wave is out").isFalse();
        assertThat(addressees()).isEqualTo(5);
    }

    @Test
    void aScheduledOneStartsWhenItsTimeHasComeWithWhoeverIsThereThen() {
        follow(5);
        schedule();
        assertThat(broadcasts.start(id, 1, 5, ADA)).isInstanceOf(Start.Scheduled.class);
        assertThat(addressees()).isZero();
        assertThat(dueNow()).as("before").isNotEqualTo(Optional.of(id));
        follow(50);
        timePasses();
        assertThat(dueNow()).contains(id);
        assertThat(now().state()).isEqualTo(BroadcastState.SENDING);
        assertThat(now().startedBy()).contains(ADA);
        assertThat(addressees()).isEqualTo(50);
    }

    @Test
    void aScheduledOneThatOutgrewItsPolicyIsHeldAndSaysSo() {
        follow(5);
        schedule();
        broadcasts.start(id, 1, 5, ADA);
        follow(MANY);
        timePasses();
        assertThat(dueNow()).contains(id);
        assertThat(now().state()).isEqualTo(BroadcastState.DRAFT);
        assertThat(now().held().orElseThrow()).contains("101 people", "approval");
        List<String> told = jdbi.withHandle(
                h -> h.createQuery("select action from audit_log where subject = :id and actor = 'belfry'")
                        .bind("id", id.toString())
                        .mapTo(String.class)
                        .list());
        assertThat(told).containsExactly("broadcast.held");
    }

    @Test
    void aScheduledOneIsTakenBackOrCancelled() {
        follow(5);
        schedule();
        broadcasts.start(id, 1, 5, ADA);
        assertThat(broadcasts.undo(id)).isTrue();
        assertThat(now().release().startsAt()).isPresent();
        broadcasts.start(id, 1, 5, ADA);
        assertThat(broadcasts.cancel(id)).isTrue();
        timePasses();
        assertThat(dueNow()).isNotEqualTo(Optional.of(id));
    }

    private Optional<UUID> dueNow() {
        return broadcasts.startDue();
    }

    private void timePasses() {
        jdbi.useHandle(h -> h.execute("update broadcasts set starts_at = now() - interval '1 s' where id = ?", id));
    }

    private void schedule() {
        drafts.save(
                id,
                0,
                draft(
                        "Later",
                        ADA,
                        new Release(
                                Optional.of(Instant.now().plus(Duration.ofDays(1))),
                                Optional.of(ZoneId.of("Europe/Berlin")),
                                Optional.of(new Release.Canary(10, Optional.empty())))));
    }

    private void save(int revision, String title, String by) {
        assertThat(drafts.save(id, revision, draft(title, by, Release.AT_ONCE))).isInstanceOf(Drafts.Saved.Kept.class);
    }

    private NewBroadcast draft(String title, String by, Release release) {
        return draft(new Audience.Topic(topic), title, by, release);
    }

    private static NewBroadcast draft(Audience audience, String title, String by, Release release) {
        return new NewBroadcast(
                audience,
                Map.of("en", new Content(title, "", null), "de", new Content(title, "", null)),
                "news",
                Priority.BULK,
                Optional.empty(),
                8,
                NewBroadcast.Push.OFF,
                release,
                by);
    }

    private Reviews.Outcome ask(String by) {
        return reviews.ask(id, reviews.hash(now()), MANY, by);
    }

    private Reviews.Outcome decide(String by) {
        return reviews.decide(id, reviews.hash(now()), Review.Verdict.APPROVED, by, "");
    }

    private Start start(int revision) {
        return broadcasts.start(id, revision, MANY, ADA);
    }

    private Broadcast now() {
        return broadcasts.find(id).orElseThrow();
    }

    private long addressees() {
        return jdbi.withHandle(h -> h.createQuery("select count(*) from broadcast_audience where broadcast_id = :id")
                .bind("id", id)
                .mapTo(Long.class)
                .one());
    }

    /// So many follow the topic from then on.
    private void follow(int people) {
        jdbi.useHandle(h -> h.execute(
                "insert into topic_followers (topic, user_id) select ?, ? || i from generate_series(1, ?) i on conflict do nothing",
                topic,
                "u-",
                people));
    }
}
