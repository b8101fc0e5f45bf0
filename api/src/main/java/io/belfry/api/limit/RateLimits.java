package io.belfry.api.limit;

import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/// How much each API key may send, over all nodes together. Thread-safe; does not block.
@Singleton
public class RateLimits {
    private static final String PREFIX = "bf:rate:";

    private final RateLimitSettings settings;
    private final Clock clock;
    private final RedisLink<StatefulRedisConnection<String, String>> link;
    private final ConcurrentHashMap<UUID, Allowance> allowances = new ConcurrentHashMap<>();
    private final Counter refused;

    RateLimits(RateLimitSettings settings, Clock clock, RedisClient redis, MeterRegistry metrics) {
        this.settings = settings;
        this.clock = clock;
        this.link = new RedisLink<>("rate limits", redis::connect, c -> {});
        this.refused = Counter.builder("belfry.events.limited")
                .description("Events answered 429, since their API key sent too many")
                .register(metrics);
    }

    /// Where a key stands, for its caller.
    ///
    /// @param remaining about how many of the window are left
    /// @param resetSeconds until the next window
    record Standing(long limit, long remaining, long resetSeconds) {}

    /// @param events of one request, which come in together or not at all
    /// @return whether they may
    public boolean take(UUID apiKey, int events) {
        Allowance allowance = allowance(apiKey);
        long window = window();
        Allowance.Answer answer = allowance.take(window, events);
        answer.lease().ifPresent(asked -> lease(apiKey, allowance, window, asked));
        if (!answer.isAllowed()) {
            refused.increment(events);
        }
        return answer.isAllowed();
    }

    /// As many as there are API keys in use since the node began.
    private Allowance allowance(UUID apiKey) {
        Allowance known = allowances.get(apiKey);
        return known != null
                ? known
                : allowances.computeIfAbsent(apiKey, key -> new Allowance(settings.events(), settings.block()));
    }

    Standing standing(UUID apiKey) {
        long millis = settings.window().toMillis();
        long left = millis - Math.floorMod(clock.millis(), millis);
        return new Standing(settings.events(), allowance(apiKey).remaining(window()), Math.ceilDiv(left, 1000));
    }

    private long window() {
        return Math.floorDiv(clock.millis(), settings.window().toMillis());
    }

    private void lease(UUID apiKey, Allowance allowance, long window, long asked) {
        Optional<RedisAsyncCommands<String, String>> redis = link.open().map(StatefulRedisConnection::async);
        if (redis.isEmpty()) {
            allowance.failed(window);
            return;
        }
        String key = PREFIX + apiKey + ":" + window;
        CompletionStage<Long> total = redis.get().incrby(key, asked);
        redis.get().pexpire(key, 2 * settings.window().toMillis());
        total.whenComplete((taken, failure) -> {
            if (failure == null) {
                allowance.granted(window, asked, taken);
            } else {
                allowance.failed(window);
            }
        });
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
