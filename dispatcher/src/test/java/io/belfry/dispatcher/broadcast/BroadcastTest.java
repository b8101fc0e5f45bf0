package io.belfry.dispatcher.broadcast;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.feed.AnnouncementNotice;
import io.belfry.core.feed.FeedNames;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A broadcast as operators and gateways see it, carried out by whole dispatchers.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class BroadcastTest {
    private final TestDatabase database;

    BroadcastTest(TestDatabase database) {
        this.database = database;
    }

    private DispatcherNode dispatcher(String redisUrl, String wavePause) {
        return DispatcherNode.start(database, redisUrl, Map.of("belfry.broadcasts.wave-pause", wavePause));
    }

    private static Broadcast now(DispatcherNode node, UUID id) {
        return node.bean(Broadcasts.class).find(id).orElseThrow();
    }

    private static UUID start(DispatcherNode node, int waves) {
        UUID id = node.bean(Broadcasts.class).create(Drafts.toEveryone(waves));
        assertThat(node.bean(Broadcasts.class).start(id)).isTrue();
        return id;
    }

    @Test
    void twoDispatchersTellTheGatewaysOfEveryWaveOnce(RedisServer redis) {
        Queue<AnnouncementNotice> notices = new ConcurrentLinkedQueue<>();
        RedisClient client = RedisClient.create(redis.url());
        try (DispatcherNode one = dispatcher(redis.url(), "5ms");
                DispatcherNode other = dispatcher(redis.url(), "5ms");
                var gateway = client.connectPubSub(ByteArrayCodec.INSTANCE)) {
            gateway.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] channel, byte[] message) {
                    notices.add(AnnouncementNotice.decode(message));
                }
            });
            gateway.sync().subscribe(FeedNames.announcements());

            UUID id = start(one, 20);

            await().atMost(30, SECONDS).until(() -> now(other, id).state() == BroadcastState.SENT);
            await().atMost(10, SECONDS).until(() -> notices.size() >= 20);
            List<Announcements.Wave> log = one.bean(Announcements.class).wavesAfter(0, 1000).stream()
                    .filter(wave -> wave.broadcastId().equals(id))
                    .toList();
            assertThat(notices)
                    .containsExactlyInAnyOrderElementsOf(log.stream()
                            .map(w -> new AnnouncementNotice(w.offset(), w.broadcastId(), w.bucketFrom(), w.bucketTo()))
                            .toList());
            assertThat(log).hasSize(20);
        } finally {
            client.shutdown();
        }
    }

    @Test
    void pausingHoldsTheNextWaveAndResumingGoesOn(RedisServer redis) {
        try (DispatcherNode node = dispatcher(redis.url(), "200ms")) {
            Broadcasts broadcasts = node.bean(Broadcasts.class);
            UUID id = start(node, 100);
            await().atMost(30, SECONDS).until(() -> now(node, id).wavesDone() >= 2);

            assertThat(broadcasts.pause(id)).isTrue();
            int done = now(node, id).wavesDone();
            // Others still go out, so it is not the dispatcher that stands still.
            UUID other = start(node, 3);
            await().atMost(30, SECONDS).until(() -> now(node, other).state() == BroadcastState.SENT);
            assertThat(now(node, id).wavesDone()).isEqualTo(done);

            assertThat(broadcasts.resume(id)).isTrue();
            await().atMost(30, SECONDS).until(() -> now(node, id).wavesDone() > done);
            assertThat(broadcasts.cancel(id)).isTrue();
            assertThat(now(node, id).wavesDone()).isLessThan(100);
        }
    }

    @Test
    void withoutRedisTheWavesAreInTheLogAllTheSame() throws Exception {
        try (RedisServer redis = RedisServer.startTemporary();
                DispatcherNode node = dispatcher(redis.url(), "5ms")) {
            redis.kill();

            UUID id = start(node, 3);

            await().atMost(30, SECONDS).until(() -> now(node, id).state() == BroadcastState.SENT);
            assertThat(node.bean(Announcements.class).wavesAfter(0, 1000))
                    .filteredOn(wave -> wave.broadcastId().equals(id))
                    .hasSize(3);
            await().atMost(10, SECONDS)
                    .until(() -> node.bean(MeterRegistry.class)
                                    .counter("belfry.broadcast.waves.untold")
                                    .count()
                            == 3);
        }
    }
}
