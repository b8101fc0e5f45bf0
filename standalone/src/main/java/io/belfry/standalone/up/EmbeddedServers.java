package io.belfry.standalone.up;

import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The demo's own PostgreSQL and Redis, started and stopped side by side.
final class EmbeddedServers implements AutoCloseable {
    private final KeptServer<PostgresServer> postgres;
    private final KeptServer<RedisServer> redis;

    private EmbeddedServers(KeptServer<PostgresServer> postgres, KeptServer<RedisServer> redis) {
        this.postgres = postgres;
        this.redis = redis;
    }

    /// @param directory the demo's data directory
    static EmbeddedServers start(Path directory) throws IOException {
        CompletableFuture<KeptServer<RedisServer>> starting = onThread(
                "start-redis",
                () -> KeptServer.start("Redis", port -> RedisServer.start(directory.resolve("redis"), port)));
        KeptServer<PostgresServer> postgres;
        try {
            postgres =
                    KeptServer.start("PostgreSQL", port -> PostgresServer.start(directory.resolve("postgres"), port));
        } catch (IOException | RuntimeException failure) {
            starting.thenAccept(KeptServer::close)
                    .exceptionally(alsoFailed -> null)
                    .join();
            throw failure;
        }
        try {
            return new EmbeddedServers(postgres, starting.join());
        } catch (CompletionException failure) {
            postgres.close();
            throw new IOException("Redis did not start", failure.getCause());
        }
    }

    PostgresServer postgres() {
        return postgres.server();
    }

    RedisServer redis() {
        return redis.server();
    }

    @Override
    public void close() {
        CompletableFuture<Void> stopping = onThread("stop-redis", () -> {
            redis.close();
            return null;
        });
        postgres.close();
        stopping.join();
    }

    private static <T> CompletableFuture<T> onThread(String name, java.util.concurrent.Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().name(name).start(() -> {
            try {
                result.complete(work.call());
            } catch (Exception failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }
}
