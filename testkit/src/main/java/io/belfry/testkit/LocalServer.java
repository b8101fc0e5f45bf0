package io.belfry.testkit;

import java.util.concurrent.CompletableFuture;

/// A real server that runs on this machine as a child of this JVM.
public sealed interface LocalServer extends AutoCloseable permits PostgresServer, RedisServer {
    /// The TCP port on the loopback interface.
    int port();

    /// The process that listens.
    long pid();

    boolean isRunning();

    /// Completes when the process is gone, whoever ended it.
    CompletableFuture<?> onExit();

    /// Stops the server and frees its directory. Does nothing the second time.
    @Override
    void close();
}
