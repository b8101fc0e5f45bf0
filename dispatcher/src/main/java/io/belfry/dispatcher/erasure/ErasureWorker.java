package io.belfry.dispatcher.erasure;

import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every now and then whether somebody was erased who is still in the past.
@Context
final class ErasureWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ErasureWorker.class);

    private final Past past;
    private final ErasureSettings settings;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("erasure").factory());
    private volatile boolean stopping;

    ErasureWorker(Past past, ErasureSettings settings) {
        this.past = past;
        this.settings = settings;
    }

    @PostConstruct
    void start() {
        long every = settings.every().toMillis();
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            boolean more = true;
            while (more && !stopping) {
                more = past.scrubNext();
            }
        } catch (RuntimeException e) {
            LOG.warn("The erasure of a user could not go on, and is tried again: {}", e.getMessage());
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        thread.shutdown();
        if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
            thread.shutdownNow();
        }
    }
}
