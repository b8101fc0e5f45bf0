package io.belfry.gateway;

import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Who is in plain channels, in Redis: a hash for each channel and node, which the node keeps alive, and a set of the
/// nodes of each channel. So a node has one thing to refresh for each channel, however many are in it, and what a node
/// that died leaves behind goes by itself. Commands take effect in the order in which they are given. Thread-safe; does
/// not block. Fails without Redis.
@Singleton
final class PresenceStore {
    /// Pairs that one script call may bring: Lua has a limit on arguments.
    private static final int STEP = 500;

    /// Adds connections, if any are given, and keeps what is there alive.
    private static final byte[] KEEP = bytes("""
            if #ARGV > 2 then redis.call('hset', KEYS[1], unpack(ARGV, 3)) end
            redis.call('sadd', KEYS[2], ARGV[2])
            redis.call('pexpire', KEYS[2], ARGV[1])
            return redis.call('pexpire', KEYS[1], ARGV[1])
            """);
    private static final byte[] READ = bytes("""
            local all = {}
            for _, node in ipairs(redis.call('smembers', KEYS[1])) do
              local there = redis.call('hvals', ARGV[1] .. node)
              if #there == 0 then redis.call('srem', KEYS[1], node) end
              for i = 1, #there do all[#all + 1] = there[i] end
            end
            return all
            """);
    private static final byte[] COUNT = bytes("""
            local users, clients, known = 0, 0, {}
            for _, node in ipairs(redis.call('smembers', KEYS[1])) do
              for _, who in ipairs(redis.call('hvals', ARGV[1] .. node)) do
                local user = string.match(who, '^[^\\n]*')
                clients = clients + 1
                if not known[user] then
                  known[user] = true
                  users = users + 1
                end
              end
            end
            return {clients, users}
            """);

    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;
    private final String life;
    private final String node = UUID.randomUUID().toString();

    PresenceStore(RedisClient redis, GatewaySettings settings) {
        this.link = new RedisLink<>("presence", () -> redis.connect(ByteArrayCodec.INSTANCE), c -> {});
        this.life = Long.toString(settings.presenceLife().toMillis());
    }

    /// How many are in a channel.
    record Stats(long clients, long users) {}

    /// @return whether anything of this node's was there to keep, or is there now
    CompletableFuture<Boolean> keep(String channel, Collection<ClientInfo> more) {
        var arguments = new ArrayList<byte[]>(2 + 2 * more.size());
        arguments.add(bytes(life));
        arguments.add(bytes(node));
        for (ClientInfo info : more) {
            arguments.add(bytes(info.client()));
            arguments.add(info.encode());
        }
        byte[][] keys = {mine(channel), nodes(channel)};
        return link.openOrFailed()
                .thenCompose(c ->
                        c.async().<Long>eval(KEEP, ScriptOutputType.INTEGER, keys, arguments.toArray(byte[][]::new)))
                .thenApply(kept -> kept == 1);
    }

    /// These are there from this node, and nobody else.
    CompletableFuture<Void> replace(String channel, List<ClientInfo> all) {
        var done = new ArrayList<CompletableFuture<?>>();
        done.add(link.openOrFailed().thenCompose(c -> c.async().del(mine(channel))));
        for (int i = 0; i < all.size(); i += STEP) {
            done.add(keep(channel, all.subList(i, Math.min(all.size(), i + STEP))));
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    CompletableFuture<Long> remove(String channel, String client) {
        return link.openOrFailed().thenCompose(c -> c.async().hdel(mine(channel), bytes(client)));
    }

    /// From all nodes.
    CompletableFuture<List<ClientInfo>> read(String channel) {
        byte[][] keys = {nodes(channel)};
        return link.openOrFailed()
                .thenCompose(c -> c.async().<List<byte[]>>eval(READ, ScriptOutputType.MULTI, keys, prefix(channel)))
                .thenApply(there ->
                        there.stream().map(who -> ClientInfo.decode(who, 0)).toList());
    }

    CompletableFuture<Stats> count(String channel) {
        byte[][] keys = {nodes(channel)};
        return link.openOrFailed()
                .thenCompose(c -> c.async().<List<Long>>eval(COUNT, ScriptOutputType.MULTI, keys, prefix(channel)))
                .thenApply(counts -> new Stats(counts.get(0), counts.get(1)));
    }

    private byte[] mine(String channel) {
        return bytes("bf:pm:{" + channel + "}:" + node);
    }

    private static byte[] prefix(String channel) {
        return bytes("bf:pm:{" + channel + "}:");
    }

    private static byte[] nodes(String channel) {
        return bytes("bf:pn:{" + channel + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
