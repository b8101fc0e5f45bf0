package io.belfry.core.feed;

import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells who listens on a feed right now: for people who look, not for decisions, since it is over before it is read.
/// Thread-safe; blocks on Redis.
@Singleton
public class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;

    public Listeners(RedisClient redis) {
        this.link = new RedisLink<>("listeners", () -> redis.connect(ByteArrayCodec.INSTANCE), c -> {});
    }

    /// How many gateways hold a connection of that user; empty while Redis is away.
    public OptionalLong gatewaysOf(String userId) {
        byte[] feed = FeedNames.inbox(userId);
        var connection = link.open();
        if (connection.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return connection.get().sync().pubsubNumsub(feed).values().stream()
                    .mapToLong(Long::longValue)
                    .findFirst();
        } catch (RedisException e) {
            LOG.debug("the listeners of a feed could not be counted: {}", e.getMessage());
            return OptionalLong.empty();
        }
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
