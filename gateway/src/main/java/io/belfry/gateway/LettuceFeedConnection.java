package io.belfry.gateway;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Through Lettuce, on its threads: for every kind of address that it knows.
final class LettuceFeedConnection implements FeedConnection {
    private final StatefulRedisPubSubConnection<byte[], byte[]> connection;

    /// Blocks until it is connected.
    ///
    /// @throws io.lettuce.core.RedisException when it cannot be
    LettuceFeedConnection(RedisClient client) {
        this.connection = client.connectPubSub(ByteArrayCodec.INSTANCE);
    }

    @Override
    public void listen(Listener listener) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] feed, byte[] message) {
                listener.message(feed, message);
            }

            @Override
            public void subscribed(byte[] feed, long count) {
                listener.subscribed(feed);
            }
        });
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
                listener.lost("disconnected");
            }
        });
    }

    @Override
    public void subscribe(List<byte[]> feeds) {
        connection.async().subscribe(feeds.toArray(byte[][]::new));
    }

    @Override
    public void unsubscribe(List<byte[]> feeds) {
        connection.async().unsubscribe(feeds.toArray(byte[][]::new));
    }

    @Override
    public CompletableFuture<?> ping() {
        return connection.async().ping().toCompletableFuture();
    }

    @Override
    public void close() {
        connection.closeAsync();
    }
}
