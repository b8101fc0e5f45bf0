package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Path;

/// A program of its own for tests that kill a JVM: starts servers in the directories it is given and waits to be
/// killed.
final class AbandonedServers {
    private AbandonedServers() {}

    /// Arguments: the directory for PostgreSQL, the one for Redis.
    public static void main(String[] arguments) throws IOException {
        PostgresServer postgres = PostgresServer.start(Path.of(arguments[0]), 0);
        RedisServer redis = RedisServer.start(Path.of(arguments[1]), 0);
        System.out.println("ready " + postgres.pid() + " " + redis.pid());
        // Returns when the parent is gone.
        int end = System.in.read();
        System.exit(end == -1 ? 1 : 0);
    }
}
