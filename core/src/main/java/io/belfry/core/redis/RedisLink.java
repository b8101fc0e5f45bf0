package io.belfry.core.redis;

import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to Redis that may not be there yet: Lettuce throws when Redis is down at the first connect (and heals
/// itself only later). Tries in the background until it is there, so that a role starts with Redis down.
///
/// @param <C> the kind of connection
public final class RedisLink<C extends StatefulConnection<?, ?>> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final String name;
    private final Supplier<C> connect;
    private final Consumer<C> ready;
    private final ScheduledExecutorService retries;
    private volatile C connection;
    private boolean warned;

    /// @param name for the log
    /// @param connect one blocking try
    /// @param ready called once, on the background thread, before [#get()] shows the connection
    public RedisLink(String name, Supplier<C> connect, Consumer<C> ready) {
        this.name = name;
        this.connect = connect;
        this.ready = ready;
        this.retries = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("redis-link-" + name).factory());
        retries.execute(this::tryConnect);
    }

    /// The connection, or empty before the first success. It may be disconnected at the moment: commands are then
    /// refused.
    public Optional<C> get() {
        return Optional.ofNullable(connection);
    }

    public boolean isOpen() {
        return open().isPresent();
    }

    /// The connection, or empty while it is not connected.
    public Optional<C> open() {
        return get().filter(StatefulConnection::isOpen);
    }

    /// The connection, already there; failed while it is not connected.
    public CompletableFuture<C> openOrFailed() {
        return open().map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("Redis is away")));
    }

    private void tryConnect() {
        try {
            C made = connect.get();
            ready.accept(made);
            connection = made;
            LOG.debug("Redis link {} is up", name);
        } catch (RuntimeException e) {
            if (!warned) {
                warned = true;
                LOG.warn(
                        "Redis cannot be reached for {} ({}); retrying every {} ms",
                        name,
                        e.getMessage(),
                        RETRY.toMillis());
            }
            retries.schedule(this::tryConnect, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        retries.shutdownNow();
        C now = connection;
        if (now != null) {
            now.close();
        }
    }
}
