package io.belfry.gateway;

import io.belfry.core.inbox.InboxEpoch;
import io.belfry.core.inbox.InboxLog;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices when the inboxes get a new epoch, because the database was restored from a backup: connections of the one
/// before must end, or their clients would take the offsets to come for ones that they have. Thread-safe; asking does
/// not block.
@Singleton
final class Epochs {
    private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final int REMEMBERED = 16;

    private final InboxLog log;
    private final GatewayMetrics metrics;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("gateway-epoch").factory());
    private volatile Set<String> over = Set.of();
    private Runnable listener = () -> {};
    private String current;

    Epochs(InboxLog log, GatewayMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
    }

    /// @param told runs when there is a new epoch, before the one before is over; must not block
    void start(Runnable told) {
        listener = told;
        thread.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Whether another epoch of the installation has followed that of an inbox.
    boolean isOver(String epoch) {
        Set<String> now = over;
        return !now.isEmpty() && now.contains(InboxEpoch.installation(epoch));
    }

    private void look() {
        try {
            String found = log.epoch();
            if (current != null && !current.equals(found)) {
                LOG.warn("The inboxes have a new epoch, {} after {}: all clients reload", found, current);
                listener.run();
                var known = new LinkedHashSet<>(over);
                known.add(current);
                known.remove(found);
                over = Set.copyOf(known.stream()
                        .skip(Math.max(0, known.size() - REMEMBERED))
                        .toList());
            }
            current = found;
        } catch (RuntimeException e) {
            metrics.databaseFailed(e);
        }
    }

    @PreDestroy
    void close() {
        thread.shutdownNow();
    }
}
