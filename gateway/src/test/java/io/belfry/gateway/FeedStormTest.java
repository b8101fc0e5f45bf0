package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.redis.RedisSettings;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import io.micronaut.http.netty.channel.EventLoopGroupFactory;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Feeds whose connections are torn again and again, before they could all be subscribed anew.
/// `-Dbelfry.test.feeds=50000`
/// makes it as many as a connection may have.
@ExtendWith(PostgresExtension.class)
class FeedStormTest {
    private static final int FEEDS = Integer.getInteger("belfry.test.feeds", 4_000);
    private static final int BLOWS = 20;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase database;

    FeedStormTest(TestDatabase database) {
        this.database = database;
    }

    /// @param onEventLoops or through Lettuce
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingIsHeardAgainAndComparedAfterAStorm(boolean onEventLoops) throws Exception {
        List<Feed> feeds = IntStream.range(0, FEEDS)
                .mapToObj(i -> new Feed("storm-" + i, 1))
                .toList();
        var ear = new Ear();
        try (RedisServer redis = RedisServer.startTemporary();
                GatewayNode node = GatewayNode.start(
                        database, redis.url(), Map.of("belfry.gateway.feeds.on-event-loops", onEventLoops))) {
            FeedSubscriptions subscriptions = subscriptions(node);
            try {
                subscriptions.start(ear, List.copyOf(feeds));
                feeds.forEach(subscriptions::subscribe);
                await().atMost(PATIENCE).until(() -> feeds.stream().allMatch(Feed::isConfirmed));
                assertThat(ear.belated).as("nothing was missed yet").isEmpty();

                storm(redis);

                await().atMost(PATIENCE)
                        .until(() -> feeds.stream().allMatch(Feed::isConfirmed)
                                && subscriptions.troubles().isEmpty());
                assertThat(ear.belated).as("compared with the database").hasSize(FEEDS);
                assertThat(subscriptions.unconfirmed()).isZero();
                assertThat(node.count("feed.losses")).isGreaterThanOrEqualTo(BLOWS);
                await().until(() -> node.bean(Feeds.class).isUp());
                node.bean(Feeds.class)
                        .publish(feeds.stream().map(FeedStormTest::publication).toList())
                        .join();
                await().atMost(PATIENCE).until(() -> ear.heard.size() == FEEDS);
            } finally {
                subscriptions.close();
            }
        }
    }

    private static FeedSubscriptions subscriptions(GatewayNode node) {
        return new FeedSubscriptions(
                node.bean(RedisClient.class),
                node.bean(DefaultRedisConfiguration.class),
                node.bean(RedisSettings.class),
                node.bean(GatewaySettings.class),
                node.bean(GatewayMetrics.class),
                node.bean(EventLoopGroupRegistry.class),
                node.bean(EventLoopGroupFactory.class));
    }

    private static Feeds.Publication publication(Feed feed) {
        return new Feeds.Publication(
                FeedNames.inbox(feed.key()),
                new FeedMessage(1, FeedMessage.Receipt.WANTED, new byte[] {'{', '}'}).encode());
    }

    /// Redis drops all who listen, every quarter of a second.
    private static void storm(RedisServer redis) throws InterruptedException {
        var blows = new CountDownLatch(BLOWS);
        try (ScheduledExecutorService wind = Executors.newSingleThreadScheduledExecutor()) {
            wind.scheduleAtFixedRate(
                    () -> {
                        try {
                            redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
                            blows.countDown();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    0,
                    PAUSE.toMillis(),
                    TimeUnit.MILLISECONDS);
            assertThat(blows.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            wind.shutdownNow();
        }
    }

    private static final class Ear implements FeedSubscriptions.Listener {
        private final Set<String> heard = ConcurrentHashMap.newKeySet();
        private final Set<String> belated = ConcurrentHashMap.newKeySet();

        @Override
        public void onInbox(String user, byte[] message) {
            heard.add(user);
        }

        @Override
        public void onChannel(String channel, byte[] message) {}

        @Override
        public void onAnnouncement() {}

        @Override
        public void onOrder(byte[] order) {}

        @Override
        public void onBelatedConfirmation(RedisSubscription feed) {
            belated.add(feed.key());
        }
    }
}
