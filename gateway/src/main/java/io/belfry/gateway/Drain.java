package io.belfry.gateway;

import io.micronaut.runtime.graceful.GracefulShutdownCapable;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties a node that is about to stop: upgrades are refused, readiness fails, and the connections are closed with
/// 3001 in random order at an even pace. SDKs come back 0.5 to 1 s after the close whatever they are told, so the pace
/// of the closing is the pace at which the other nodes get them. Thread-safe; does not block.
@Singleton
final class Drain implements GracefulShutdownCapable {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration STEP = Duration.ofMillis(20);

    private final Registry registry;
    private final Sockets sockets;
    private final ReceiptFlusher receipts;
    private final Duration longest;
    private final AtomicReference<CompletableFuture<Void>> running = new AtomicReference<>();

    Drain(Registry registry, Sockets sockets, ReceiptFlusher receipts, GatewaySettings settings) {
        this.registry = registry;
        this.sockets = sockets;
        this.receipts = receipts;
        this.longest = settings.drain();
    }

    boolean isRunning() {
        return running.get() != null;
    }

    /// Begins, unless it has begun.
    ///
    /// @return done when all are gone
    CompletableFuture<Void> begin() {
        var mine = new CompletableFuture<Void>();
        if (running.compareAndSet(null, mine)) {
            Thread.ofVirtual().name("gateway-drain").start(() -> {
                try {
                    run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    mine.complete(null);
                }
            });
        }
        return running.get();
    }

    @Override
    public CompletionStage<?> shutdownGracefully() {
        return begin();
    }

    @Override
    public OptionalLong reportActiveTasks() {
        return OptionalLong.of(sockets.open());
    }

    private void run() throws InterruptedException {
        List<Connection> all = connections();
        Collections.shuffle(all);
        // A few are closed one by one; many share the time.
        int steps = Math.clamp(longest.dividedBy(STEP), 1, Math.max(1, all.size()));
        LOG.info("Closing {} connections over {}", all.size(), STEP.multipliedBy(steps));
        for (int step = 0; step < steps; step++) {
            int from = (int) ((long) all.size() * step / steps);
            int to = (int) ((long) all.size() * (step + 1) / steps);
            for (Connection connection : all.subList(from, to)) {
                connection.loop().executor.execute(() -> connection.disconnect(Disconnect.SHUTDOWN));
            }
            Thread.sleep(STEP);
        }
        // What was opened just before upgrades were refused.
        connections().forEach(c -> c.loop().executor.execute(() -> c.disconnect(Disconnect.SHUTDOWN)));
        long deadline =
                System.nanoTime() + Connection.CLOSE_PATIENCE.plusSeconds(1).toNanos();
        while (sockets.open() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(STEP);
        }
        receipts.flushAll();
    }

    /// Waits for the event loops, so none of them may ask.
    private List<Connection> connections() {
        var all = Collections.synchronizedList(new ArrayList<Connection>());
        var asked = new ArrayList<CompletableFuture<?>>();
        for (Loop loop : registry.loops()) {
            if (!loop.executor.isShuttingDown()) {
                asked.add(CompletableFuture.runAsync(() -> loop.forEach(all::add), loop.executor));
            }
        }
        asked.forEach(CompletableFuture::join);
        return new ArrayList<>(all);
    }
}
