package io.belfry.dispatcher.broadcast;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.NewBroadcast;
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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Emergency stops of broadcasts that are under way.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoppedBroadcastsTest {
    private static final AuditLog.Origin OPERATOR = new AuditLog.Origin("ada@example.org", null);
    private static final StopTarget NEWS = new StopTarget.Category("news");
    private static final StopTarget PUSH = new StopTarget.Push();

    private final FcmSimulator simulator = new FcmSimulator(0);
    private final DispatcherNode node;
    private final Broadcasts broadcasts;
    private final Stops stops;
    private final Jdbi jdbi;

    StoppedBroadcastsTest(TestDatabase database, RedisServer redis) {
        node = DispatcherNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.push.endpoint",
                        simulator.url(),
                        "belfry.broadcasts.wave-pause",
                        "5ms",
                        "belfry.broadcasts.poll-every",
                        "20ms",
                        "belfry.broadcasts.pushes-under-way",
                        8));
        broadcasts = node.bean(Broadcasts.class);
        stops = node.bean(Stops.class);
        jdbi = node.bean(Jdbi.class);
        jdbi.useTransaction(h -> {
            h.execute("update categories set push_delay_ms = 0");
            h.execute("insert into users (id) select 'u-' || n from generate_series(1, 200) n");
            h.execute("insert into devices (user_id, id, token, platform)"
                    + " select 'u-' || n, 'phone', 'u-' || n, 'android' from generate_series(1, 200) n");
        });
    }

    @AfterEach
    void endAll() {
        stops.list().forEach(stop -> stops.release(stop.target(), OPERATOR));
        broadcasts.list(Optional.empty(), 100).forEach(b -> broadcasts.cancel(b.id()));
        simulator.latency(Duration.ZERO);
        simulator.clear();
    }

    @AfterAll
    void close() {
        node.close();
        simulator.close();
    }

    private UUID start(int waves, NewBroadcast.Push push) {
        UUID id = broadcasts.create(Drafts.draft(new Audience.Everyone(), waves, push, Optional.empty()));
        assertThat(broadcasts.start(id)).isTrue();
        return id;
    }

    private Broadcast now(UUID id) {
        return broadcasts.find(id).orElseThrow();
    }

    @Test
    void noWaveFollowsAStopAndTheRestFollowsItsEnd() {
        UUID id = start(500, NewBroadcast.Push.OFF);
        await().atMost(30, SECONDS).until(() -> now(id).wavesDone() > 3);

        stops.stop(NEWS, "", OPERATOR);

        int done = now(id).wavesDone();
        assertThat(done).isLessThan(500);
        assertThat(stops.held(NEWS).broadcasts()).isEqualTo(1);
        UUID beside = broadcasts.create(inCategory("general"));
        broadcasts.start(beside);
        await().atMost(30, SECONDS).until(() -> now(beside).state() == BroadcastState.SENT);
        assertThat(now(id).wavesDone()).isEqualTo(done);

        stops.release(NEWS, OPERATOR);
        await().atMost(60, SECONDS).until(() -> now(id).wavesDone() > done + 3);
    }

    private static NewBroadcast inCategory(String category) {
        NewBroadcast news = Drafts.toEveryone(4);
        return new NewBroadcast(
                news.audience(),
                news.contents(),
                category,
                news.priority(),
                news.validUntil(),
                news.waves(),
                news.push(),
                news.createdBy());
    }

    @Test
    void aDiscardedBroadcastIsCancelledAndTheAuditLogSaysByWhom() {
        stops.stop(NEWS, "", OPERATOR);
        UUID id = start(4, NewBroadcast.Push.ON);

        stops.discard(NEWS, OPERATOR);

        assertThat(now(id).state()).isEqualTo(BroadcastState.CANCELLED);
        assertThat(now(id).wavesDone()).isZero();
        assertThat(node.bean(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.of("ada@example.org"),
                                Optional.of("broadcast.cancel"),
                                Optional.of(id.toString()),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.empty(),
                                10)))
                .extracting(AuditEntry::detail)
                .containsExactly(Map.of("stop", "category:news"));
    }

    /// Eight at a time, a tenth of a second each.
    @Test
    void itsPushesStopAndGoOnWithoutPushingTwice() {
        simulator.latency(Duration.ofMillis(100));
        UUID id = start(1, NewBroadcast.Push.ON);
        await().atMost(30, SECONDS).until(() -> simulator.accepted() > 10);

        stops.stop(PUSH, "", OPERATOR);

        await().atMost(2, SECONDS)
                .until(() ->
                        jdbi.withHandle(h -> h.createQuery("select push_claim is null from broadcasts where id = :id")
                                .bind("id", id)
                                .mapTo(Boolean.class)
                                .one()));
        int sent = simulator.messages().size();
        assertThat(sent).isLessThan(150);
        assertThat(stops.held(PUSH).broadcasts()).isEqualTo(1);
        simulator.latency(Duration.ZERO);

        stops.release(PUSH, OPERATOR);
        await().atMost(30, SECONDS).until(() -> now(id).push().state().equals("done"));
        assertThat(simulator.messages())
                .hasSize(200)
                .extracting(ReceivedMessage::token)
                .doesNotHaveDuplicates();
    }

    @Test
    void discardedPushesOfABroadcastAreNotSent() {
        stops.stop(PUSH, "", OPERATOR);
        UUID id = start(1, NewBroadcast.Push.ON);
        await().atMost(30, SECONDS).until(() -> now(id).state() == BroadcastState.SENT);

        stops.discard(PUSH, OPERATOR);

        assertThat(now(id).push().state()).isEqualTo("done");
        assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
        assertThat(simulator.messages()).isEmpty();
    }
}
