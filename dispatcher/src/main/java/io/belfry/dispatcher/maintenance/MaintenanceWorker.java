package io.belfry.dispatcher.maintenance;

import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every minute whether the daily maintenance is due and nobody is at it.
@Context
final class MaintenanceWorker {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceWorker.class);
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Maintenance maintenance;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("maintenance").factory());

    MaintenanceWorker(Maintenance maintenance) {
        this.maintenance = maintenance;
    }

    @PostConstruct
    void start() {
        thread.scheduleWithFixedDelay(this::look, FIRST.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            maintenance.run();
        } catch (RuntimeException e) {
            LOG.warn("Maintenance could not begin: {}", e.getMessage());
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        thread.shutdownNow();
        if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
            LOG.debug("maintenance is left to its lease");
        }
    }
}
