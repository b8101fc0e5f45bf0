package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real server that runs on this machine as a child of this JVM, on the loopback interface, in a directory that it
/// holds alone. Safe for use by several threads.
public abstract sealed class LocalServer implements AutoCloseable permits PostgresServer, RedisServer {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);

    /// Where a server is at home.
    ///
    /// @param temporary whether the directory goes with the server
    record Home(Path directory, DirectoryLock lock, boolean temporary) {}

    private final ServerProcess process;
    private final Home home;
    private final Duration stopPatience;
    private final int port;
    private final String password;

    LocalServer(ServerProcess process, Home home, Duration stopPatience, int port, String password) {
        this.process = process;
        this.home = home;
        this.stopPatience = stopPatience;
        this.port = port;
        this.password = password;
    }

    /// The TCP port on the loopback interface.
    public final int port() {
        return port;
    }

    public final String password() {
        return password;
    }

    /// The process that listens.
    public final long pid() {
        return process.pid();
    }

    public final boolean isRunning() {
        return process.alive();
    }

    /// Completes when the process is gone, whoever ended it.
    public final CompletableFuture<?> onExit() {
        return process.onExit();
    }

    /// Kills the server as a crash would, and waits until it is gone. [#close()] is still due.
    public final void kill() throws InterruptedException {
        process.kill();
    }

    /// Freezes the server and its connections, as a stalled machine would, until [#resume()].
    public final void suspend() {
        process.signal("STOP");
    }

    /// Ends [#suspend()].
    public final void resume() {
        process.signal("CONT");
    }

    /// Stops the server, within a few seconds, and frees its directory; a temporary one is deleted. Does nothing the
    /// second time.
    @Override
    public final void close() {
        process.stop(stopPatience);
        try {
            home.lock().close();
            if (home.temporary()) {
                ServerBinaries.deleteRecursively(home.directory());
            }
        } catch (IOException failure) {
            LOG.warn("Cannot clear {}: {}", home.directory(), failure.toString());
        }
    }

    final Path directory() {
        return home.directory();
    }

    final ServerProcess process() {
        return process;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName().replace("Server", "") + " on port " + port + " in " + home.directory();
    }
}
