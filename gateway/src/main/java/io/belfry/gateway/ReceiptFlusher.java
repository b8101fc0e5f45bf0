package io.belfry.gateway;

import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Saves receipts: those of one device become one, and every few hundred milliseconds all go to the database together.
/// What it does not take is tried again with what came since. Thread-safe; adding does not block.
@Singleton
final class ReceiptFlusher {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptFlusher.class);
    private static final int MAX_BATCH = 2_000;
    private static final Duration LOOP_PATIENCE = Duration.ofMillis(100);

    private final Receipts store;
    private final GatewayMetrics metrics;
    private final int capacity;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("gateway-receipts").factory());
    private final Registry registry;
    private Map<Device, Receipt> pending = new HashMap<>();

    ReceiptFlusher(Receipts store, Registry registry, GatewaySettings settings, GatewayMetrics metrics) {
        this.store = store;
        this.registry = registry;
        this.metrics = metrics;
        this.capacity = settings.receipts().backlog();
        long every = settings.receipts().flushEvery().toMillis();
        thread.scheduleWithFixedDelay(this::gather, every, every, TimeUnit.MILLISECONDS);
    }

    private record Device(String userId, String deviceId) {}

    void add(List<Receipt> receipts) {
        synchronized (this) {
            for (Receipt receipt : receipts) {
                var device = new Device(receipt.userId(), receipt.deviceId());
                if (pending.size() < capacity || pending.containsKey(device)) {
                    pending.merge(device, receipt, ReceiptFlusher::further);
                } else {
                    metrics.hit(Guard.RECEIPTS);
                    metrics.dropped(GatewayMetrics.Drop.RECEIPT_BACKLOG);
                }
            }
        }
    }

    private static Receipt further(Receipt one, Receipt other) {
        return new Receipt(
                one.userId(),
                one.deviceId(),
                Math.max(one.inboxOffset(), other.inboxOffset()),
                Math.max(one.announcementOffset(), other.announcementOffset()));
    }

    /// Loops hand over what was proved on them; then everything is saved.
    private void gather() {
        try {
            flushAll();
        } catch (RuntimeException e) {
            // The loops shut down, or a bug: the next time must come.
            LOG.warn("receipts could not be gathered: {}", e.toString());
        }
    }

    /// Saves what sessions have proved so far. Blocks on the database, and for an instant on the event loops.
    void flushAll() {
        var gathered = new ArrayList<CompletableFuture<?>>();
        for (Loop loop : registry.loops()) {
            if (!loop.executor.isShuttingDown()) {
                gathered.add(CompletableFuture.runAsync(() -> add(loop.takeReceipts()), loop.executor));
            }
        }
        // What a busy loop gives later is saved the next time.
        CompletableFuture.allOf(gathered.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, LOOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        flush();
    }

    /// Saves what there is. Blocks on the database.
    ///
    /// @return whether nothing is left
    boolean flush() {
        List<Receipt> all;
        synchronized (this) {
            all = new ArrayList<>(pending.values());
            pending = new HashMap<>();
        }
        for (int i = 0; i < all.size(); i += MAX_BATCH) {
            List<Receipt> batch = all.subList(i, Math.min(all.size(), i + MAX_BATCH));
            try {
                store.save(batch);
                metrics.receiptsSaved(batch.size());
            } catch (SQLException | RuntimeException e) {
                metrics.databaseFailed(e);
                add(all.subList(i, all.size()));
                return false;
            }
        }
        return true;
    }

    @PreDestroy
    void close() {
        thread.shutdown();
        flush();
    }
}
