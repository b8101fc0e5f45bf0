package io.belfry.core.signal;

import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Wakes other nodes: "there is work", "this changed". A signal may be lost, so whoever waits for one also polls.
/// Thread-safe; does not block.
@Singleton
public class Signals {
    private static final String CHANNEL = "bf:signal";

    private final Map<Signal, List<Runnable>> listeners = new ConcurrentHashMap<>();
    private final RedisLink<StatefulRedisConnection<String, String>> sender;
    private final RedisLink<StatefulRedisPubSubConnection<String, String>> receiver;

    public Signals(RedisClient redis) {
        this.sender = new RedisLink<>("signals out", redis::connect, c -> {});
        this.receiver = new RedisLink<>("signals in", redis::connectPubSub, this::listen);
    }

    private void listen(StatefulRedisPubSubConnection<String, String> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                Signal.ofName(message).ifPresent(Signals.this::fire);
            }
        });
        connection.sync().subscribe(CHANNEL);
    }

    private void fire(Signal signal) {
        listeners.getOrDefault(signal, List.of()).forEach(Runnable::run);
    }

    /// @param listener runs on Redis' I/O thread: it must only wake somebody
    public void on(Signal signal, Runnable listener) {
        listeners.computeIfAbsent(signal, s -> new CopyOnWriteArrayList<>()).add(listener);
    }

    /// Tells all nodes, this one included. Without Redis, this node alone.
    public void raise(Signal signal) {
        var connection = sender.open();
        if (connection.isEmpty()) {
            fire(signal);
            return;
        }
        connection.get().async().publish(CHANNEL, signal.name()).exceptionally(e -> {
            fire(signal);
            return 0L;
        });
    }

    @PreDestroy
    void close() {
        receiver.close();
        sender.close();
    }
}
