package io.belfry.core.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.context.event.BeanDestroyedEvent;
import io.micronaut.context.event.BeanDestroyedEventListener;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Bounds the Redis client that micronaut-redis-lettuce makes: its own defaults queue without limit while Redis is
/// away, and replay commands later, which for PUBLISH means old messages twice. Ends its threads with the context,
/// which the library leaves to whoever made them and forgets that it was itself.
@Singleton
final class BoundedRedisClient
        implements BeanCreatedEventListener<RedisClient>, BeanDestroyedEventListener<RedisClient> {
    private final RedisSettings settings;

    BoundedRedisClient(RedisSettings settings) {
        this.settings = settings;
    }

    @Override
    public RedisClient onCreated(BeanCreatedEvent<RedisClient> event) {
        RedisClient client = event.getBean();
        client.setOptions(ClientOptions.builder()
                .requestQueueSize(settings.requestQueue())
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .timeoutOptions(TimeoutOptions.enabled(settings.commandTimeout()))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.connectTimeout())
                        .keepAlive(SocketOptions.KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(5))
                                .interval(Duration.ofSeconds(3))
                                .count(3)
                                .build())
                        .tcpNoDelay(true)
                        .build())
                .build());
        return client;
    }

    @Override
    public void onDestroyed(BeanDestroyedEvent<RedisClient> event) {
        event.getBean().getResources().shutdown(0, 1, TimeUnit.SECONDS);
    }
}
