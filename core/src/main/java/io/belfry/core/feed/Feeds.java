package io.belfry.core.feed;

import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Publishes on feeds. Feeds are a live signal and never the truth: a publication that fails here is found by the
/// gateways in PostgreSQL. Thread-safe; does not block.
@Singleton
public class Feeds {
    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;
    private final Counter published;
    private final Counter failed;

    /// One publication for one feed.
    public record Publication(byte[] feed, byte[] message) {}

    public Feeds(RedisClient redis, MeterRegistry metrics) {
        this.link = new RedisLink<>(
                "feeds", () -> redis.connect(ByteArrayCodec.INSTANCE), c -> c.setAutoFlushCommands(false));
        this.published = Counter.builder("belfry.feed.published")
                .description("Publications that Redis took")
                .register(metrics);
        this.failed = Counter.builder("belfry.feed.failed")
                .description("Publications that Redis did not answer; gateways repair them from PostgreSQL")
                .register(metrics);
    }

    /// Publishes all of them in one write, in order.
    ///
    /// @return for each, how many gateways listen on the feed. 0 is a hint, not proof, that the user is offline; -1
    ///     means unknown: Redis is away, or did not answer in time (it may have published all the same). Never
    /// fails.
    public CompletableFuture<List<Long>> publish(List<Publication> publications) {
        if (publications.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        var connection = link.open();
        if (connection.isEmpty()) {
            failed.increment(publications.size());
            return CompletableFuture.completedFuture(
                    publications.stream().map(p -> -1L).toList());
        }
        var answers = new ArrayList<CompletableFuture<Long>>(publications.size());
        synchronized (link) {
            for (Publication publication : publications) {
                RedisFuture<Long> answer = connection.get().async().publish(publication.feed, publication.message);
                answers.add(answer.toCompletableFuture().exceptionally(e -> -1L));
            }
            connection.get().flushCommands();
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    List<Long> receivers =
                            answers.stream().map(CompletableFuture::join).toList();
                    long lost = receivers.stream().filter(r -> r < 0).count();
                    failed.increment(lost);
                    published.increment(receivers.size() - lost);
                    return receivers;
                });
    }

    public boolean isUp() {
        return link.isOpen();
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
