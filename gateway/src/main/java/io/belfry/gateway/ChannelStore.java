package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Publishes in plain channels and keeps their histories, in Redis: a stream for the publications, whose ids are the
/// offsets, and a hash for epoch and last offset, which outlives it. A channel that lost its hash begins a new epoch.
/// Thread-safe; does not block. Fails without Redis.
@Singleton
final class ChannelStore {
    /// How long an idle channel remembers its epoch, beyond its history.
    private static final Duration POSITION_LIFE = Duration.ofDays(7);

    private static final byte[] OPEN = bytes("""
            local epoch = redis.call('hget', KEYS[2], 'e')
            if not epoch then
              epoch = ARGV[1]
              redis.call('hset', KEYS[2], 'e', epoch, 'o', '0')
              redis.call('del', KEYS[1])
            end
            redis.call('pexpire', KEYS[2], ARGV[2])
            """);
    private static final byte[] PUBLISH = join(OPEN, bytes("""
            local offset = redis.call('hincrby', KEYS[2], 'o', 1)
            redis.call('xadd', KEYS[1], 'MAXLEN', ARGV[3], string.format('%.0f-0', offset), 'p', ARGV[5])
            redis.call('pexpire', KEYS[1], ARGV[4])
            redis.call('publish', KEYS[3], string.format('%.0f', offset) .. ' ' .. epoch .. ' ' .. ARGV[5])
            return {epoch, string.format('%.0f', offset)}
            """));
    private static final byte[] READ = join(OPEN, bytes("""
            local offset = redis.call('hget', KEYS[2], 'o')
            local found = {}
            if ARGV[6] ~= '0' then
              if ARGV[3] == 'reverse' then
                found = redis.call('xrevrange', KEYS[1], ARGV[5], ARGV[4], 'COUNT', ARGV[6])
              else
                found = redis.call('xrange', KEYS[1], ARGV[4], ARGV[5], 'COUNT', ARGV[6])
              end
            end
            return {epoch, offset, found}
            """));

    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;

    ChannelStore(RedisClient redis) {
        this.link = new RedisLink<>("channels", () -> redis.connect(ByteArrayCodec.INSTANCE), c -> {});
    }

    /// Where a channel stands.
    ///
    /// @param publications what was asked for, in that order
    record History(String epoch, long offset, List<ChannelPublication> publications) {}

    /// What is asked for.
    ///
    /// @param from the lowest offset wanted
    /// @param to the highest one wanted
    record Range(long from, long to, int limit, Direction direction) {
        static final Range NOTHING = new Range(1, Long.MAX_VALUE, 0, Direction.FORWARD);
    }

    enum Direction {
        FORWARD,
        REVERSE
    }

    /// Where something was published.
    record Position(long offset, String epoch) {}

    CompletableFuture<Position> publish(String channel, Namespace namespace, byte[] publication) {
        if (!namespace.hasHistory()) {
            byte[] message = join(bytes("0 - "), publication);
            return link.openOrFailed()
                    .thenCompose(c -> c.async().publish(FeedNames.channel(channel), message))
                    .thenApply(heard -> new Position(0, ""));
        }
        byte[][] keys = {stream(channel), position(channel), FeedNames.channel(channel)};
        return link.openOrFailed()
                .thenCompose(c -> c.async()
                        .<List<Object>>eval(
                                PUBLISH,
                                ScriptOutputType.MULTI,
                                keys,
                                bytes(newEpoch()),
                                bytes(positionLife(namespace)),
                                bytes(Integer.toString(namespace.historySize())),
                                bytes(Long.toString(namespace.historyLife().toMillis())),
                                publication))
                .thenApply(answer -> new Position(number(answer.get(1)), text(answer.get(0))));
    }

    /// Tells subscribers that somebody came or went. Whoever does not hear it at once never does.
    void tell(String channel, ChannelMove move) {
        link.openOrFailed().thenCompose(c -> c.async().publish(FeedNames.channel(channel), move.encode()));
    }

    /// Forgets what was published. Offsets go on.
    CompletableFuture<Long> removeHistory(String channel) {
        return link.openOrFailed().thenCompose(c -> c.async().del(stream(channel)));
    }

    CompletableFuture<History> read(String channel, Namespace namespace, Range range) {
        byte[][] keys = {stream(channel), position(channel)};
        return link.openOrFailed()
                .thenCompose(c -> c.async()
                        .<List<Object>>eval(
                                READ,
                                ScriptOutputType.MULTI,
                                keys,
                                bytes(newEpoch()),
                                bytes(positionLife(namespace)),
                                bytes(range.direction == Direction.REVERSE ? "reverse" : "forward"),
                                bytes(range.from + "-0"),
                                bytes(range.to == Long.MAX_VALUE ? "+" : range.to + "-0"),
                                bytes(Integer.toString(range.limit))))
                .thenApply(ChannelStore::history);
    }

    private static History history(List<Object> answer) {
        String epoch = text(answer.get(0));
        var publications = new ArrayList<ChannelPublication>();
        for (Object entry : (List<?>) answer.get(2)) {
            String id = text(((List<?>) entry).get(0));
            byte[] publication = (byte[]) ((List<?>) ((List<?>) entry).get(1)).get(1);
            publications.add(
                    ChannelPublication.decode(Long.parseLong(id.substring(0, id.indexOf('-'))), epoch, publication, 0));
        }
        return new History(epoch, number(answer.get(1)), publications);
    }

    private static String positionLife(Namespace namespace) {
        return Long.toString(namespace.historyLife().plus(POSITION_LIFE).toMillis());
    }

    private static String newEpoch() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    private static byte[] stream(String channel) {
        return bytes("bf:cs:{" + channel + "}");
    }

    private static byte[] position(String channel) {
        return bytes("bf:cp:{" + channel + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] joined = new byte[one.length + other.length];
        System.arraycopy(one, 0, joined, 0, one.length);
        System.arraycopy(other, 0, joined, one.length, other.length);
        return joined;
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private static long number(Object bytes) {
        return Long.parseLong(text(bytes));
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
