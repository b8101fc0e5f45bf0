package io.belfry.benchmarks.server;

import io.belfry.migrations.Migrations;
import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Path;

/// PostgreSQL and Redis of a run whose roles are processes of their own.
public record Servers(PostgresServer postgres, RedisServer redis) implements AutoCloseable {
    /// Starts both on fresh data, with Belfry's schema.
    public static Servers start(Path directory) throws IOException {
        PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"), 0);
        Migrations.migrate(postgres.dataSource());
        return new Servers(postgres, RedisServer.start(directory.resolve("redis"), 0));
    }

    @Override
    public void close() {
        redis.close();
        postgres.close();
    }
}
