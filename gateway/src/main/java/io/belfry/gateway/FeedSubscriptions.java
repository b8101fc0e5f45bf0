package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import io.belfry.core.redis.RedisSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import io.micronaut.http.netty.channel.EventLoopGroupConfiguration;
import io.micronaut.http.netty.channel.EventLoopGroupFactory;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.micronaut.http.netty.channel.NettyChannelType;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Listens at Redis to the feeds of the connected users, and to the one of the announcements, over several connections,
/// each user always on the same. Thread-safe; does not block.
///
/// It has a Redis client of its own that does not reconnect by itself: Lettuce resubscribes everything with one
/// command, which Redis answers with more bytes than it lets a subscriber have pending, so that a connection with very
/// many channels would never come back. [FeedLine] reconnects and resubscribes in small steps.
@Singleton
final class FeedSubscriptions {
    private static final String LOOPS = "default";

    private final RedisClient client;
    private final List<FeedLine> lines;
    private final GatewayMetrics metrics;
    private volatile Listener listener;

    /// Who is told of what comes from Redis, on the thread of a connection, which must not be held up.
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
            GatewayMetrics metrics,
            EventLoopGroupRegistry loops,
            EventLoopGroupFactory channels) {
        // The timeout of the address is what a handshake may take; its default is a minute.
        RedisURI uri = RedisURI.builder(address.getUri().orElse(address))
                .withTimeout(redis.connectTimeout())
                .build();
        this.client = RedisClient.create(shared.getResources(), uri);
        client.setOptions(shared.getOptions().mutate().autoReconnect(false).build());
        Supplier<FeedConnection> connecting = settings.feeds().onEventLoops() && isPlain(uri)
                ? loops.getEventLoopGroupConfiguration(LOOPS)
                        .map(loop -> onLoops(loops, channels, loop, uri))
                        .orElse(() -> new LettuceFeedConnection(client))
                : () -> new LettuceFeedConnection(client);
        this.lines = IntStream.range(0, settings.feeds().connections())
                .mapToObj(i -> new FeedLine(i, connecting, this))
                .toList();
        metrics.lines(this);
        this.metrics = metrics;
    }

    /// Whether it is an address for which one socket and a password are enough.
    private static boolean isPlain(RedisURI uri) {
        return uri.getHost() != null
                && uri.getSocket() == null
                && uri.getSentinels().isEmpty()
                && !uri.isSsl()
                && uri.getCredentialsProvider() instanceof RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
    }

    /// Each on the next of the event loops that serve clients.
    private static Supplier<FeedConnection> onLoops(
            EventLoopGroupRegistry loops,
            EventLoopGroupFactory channels,
            EventLoopGroupConfiguration loop,
            RedisURI uri) {
        EventLoopGroup group = loops.getEventLoopGroup(LOOPS).orElseThrow();
        var credentials = (RedisCredentialsProvider.ImmediateRedisCredentialsProvider) uri.getCredentialsProvider();
        return () -> new LoopFeedConnection(
                new Bootstrap()
                        .group(group)
                        .channelFactory(() -> channels.channelInstance(NettyChannelType.CLIENT_SOCKET, loop))
                        .remoteAddress(uri.getHost(), uri.getPort()),
                credentials.resolveCredentialsNow(),
                uri.getTimeout());
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

    /// A connection was lost, and is made anew.
    void lost() {
        metrics.feedLost();
    }

    /// How many subscriptions wait for Redis' word.
    int unconfirmed() {
        return lines.stream().mapToInt(FeedLine::unconfirmed).sum();
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
