package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import io.belfry.core.redis.RedisSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Listens at Redis to the feeds of the connected users, and to the one of the announcements, over several connections,
/// each user always on the same. Thread-safe; does not block.
///
/// It has a Redis client of its own that does not reconnect by itself: Lettuce resubscribes everything with one
/// command, which Redis answers with more bytes than it lets a subscriber have pending, so that a connection with very
/// many channels would never come back. [FeedLine] reconnects and resubscribes in small steps.
@Singleton
final class FeedSubscriptions {
    private final RedisClient client;
    private final List<FeedLine> lines;
    private volatile Listener listener;

    /// Who is told of what comes from Redis, on a thread of its client, which must not be held up.
    interface Listener {
        void onInbox(String user, byte[] message);

        void onChannel(String channel, byte[] message);

        /// There may be a new wave of announcements.
        void onAnnouncement();

        /// Every gateway is to do this.
        void onOrder(byte[] order);

        /// The feed may have missed something before this confirmation.
        void onBelatedConfirmation(RedisSubscription feed);
    }

    FeedSubscriptions(
            RedisClient shared,
            DefaultRedisConfiguration address,
            RedisSettings redis,
            GatewaySettings settings,
            GatewayMetrics metrics) {
        // The timeout of the address is what a handshake may take; its default is a minute.
        RedisURI uri = RedisURI.builder(address.getUri().orElse(address))
                .withTimeout(redis.connectTimeout())
                .build();
        this.client = RedisClient.create(shared.getResources(), uri);
        client.setOptions(shared.getOptions().mutate().autoReconnect(false).build());
        this.lines = IntStream.range(0, settings.feeds().connections())
                .mapToObj(i -> new FeedLine(i, client, this))
                .toList();
        metrics.lines(this);
    }

    /// Begins to connect.
    ///
    /// @param feeds all that connections want now or will want
    void start(Listener told, Iterable<RedisSubscription> feeds) {
        listener = told;
        lines.forEach(line -> line.start(feeds));
    }

    void subscribe(RedisSubscription feed) {
        line(feed).subscribe(feed);
    }

    void unsubscribe(RedisSubscription feed) {
        line(feed).unsubscribe(feed);
    }

    /// Which of the connections carries it.
    FeedLine line(RedisSubscription feed) {
        return lines.get(Math.floorMod(feed.key().hashCode(), lines.size()));
    }

    void received(byte[] channel, byte[] message) {
        if (FeedNames.isInbox(channel)) {
            listener.onInbox(FeedNames.userOf(channel), message);
        } else if (FeedNames.isChannel(channel)) {
            listener.onChannel(FeedNames.nameOf(channel), message);
        } else if (FeedNames.isControl(channel)) {
            listener.onOrder(message);
        } else {
            listener.onAnnouncement();
        }
    }

    void confirmedBelatedly(RedisSubscription feed) {
        listener.onBelatedConfirmation(feed);
    }

    void announcementsConfirmed() {
        listener.onAnnouncement();
    }

    /// What is wrong with the connections, one sentence each; empty when all is well.
    List<String> troubles() {
        return lines.stream().map(FeedLine::trouble).flatMap(Optional::stream).toList();
    }

    @PreDestroy
    void close() {
        lines.forEach(FeedLine::close);
        client.shutdown();
    }
}
