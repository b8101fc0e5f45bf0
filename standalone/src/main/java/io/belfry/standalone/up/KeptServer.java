package io.belfry.standalone.up;

import io.belfry.testkit.LocalServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A local server that is started again, at the same address, when it dies. Gives up when it dies too often: then
/// something is wrong that starting does not cure.
///
/// @param <S> the kind of server
final class KeptServer<S extends LocalServer> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptServer.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int MAX_DEATHS = 5;
    private static final Duration WITHIN = Duration.ofMinutes(1);

    private final String name;
    private final Starter<S> starter;
    private S server;
    private Instant counting = Instant.now();
    private int deaths;
    private boolean closed;

    interface Starter<S> {
        S start(int port) throws IOException;
    }

    private KeptServer(String name, Starter<S> starter, S server) {
        this.name = name;
        this.starter = starter;
        this.server = server;
        watch(server);
    }

    static <S extends LocalServer> KeptServer<S> start(String name, Starter<S> starter) throws IOException {
        return new KeptServer<>(name, starter, starter.start(0));
    }

    /// The one that runs now, or ran last.
    synchronized S server() {
        return server;
    }

    private void watch(S watched) {
        watched.onExit()
                .thenRun(() -> Thread.ofVirtual().name("restart-" + name).start(() -> restart(watched)));
    }

    private synchronized void restart(S dead) {
        dead.close();
        while (!closed && mayTryAgain()) {
            LOG.warn("{} ended unexpectedly; starting it again", name);
            try {
                server = starter.start(dead.port());
                watch(server);
                return;
            } catch (IOException | RuntimeException failure) {
                LOG.warn("{} does not start: {}", name, failure.getMessage());
            }
            try {
                // Lets close() in.
                TimeUnit.MILLISECONDS.timedWait(this, PAUSE.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean mayTryAgain() {
        Instant now = Instant.now();
        if (counting.plus(WITHIN).isBefore(now)) {
            counting = now;
            deaths = 0;
        }
        if (++deaths > MAX_DEATHS) {
            LOG.error("{} ended {} times within {}; left alone now. See its log.", name, MAX_DEATHS, WITHIN);
            return false;
        }
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        server.close();
    }
}
