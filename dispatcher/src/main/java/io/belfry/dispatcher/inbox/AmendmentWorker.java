package io.belfry.dispatcher.inbox;

import io.belfry.core.amendment.Amendments;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.DispatcherSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Edits and recalls the notifications of whole events, a page at a time. Every dispatcher does it, each at other
/// events. Woken by a signal; looking now and then is the safety net.
@Context
final class AmendmentWorker {
    private static final Logger LOG = LoggerFactory.getLogger(AmendmentWorker.class);

    private final Amendments amendments;
    private final DispatcherSettings settings;
    private final Counter amended;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("amendments").factory());
    private boolean isFailing;
    private volatile boolean stopping;

    AmendmentWorker(Amendments amendments, DispatcherSettings settings, Signals signals, MeterRegistry metrics) {
        this.amendments = amendments;
        this.settings = settings;
        this.amended = Counter.builder("belfry.notifications.amended")
                .description("Notifications that were edited or recalled with their event")
                .register(metrics);
        signals.on(Signal.AMENDMENTS, this::wake);
    }

    @PostConstruct
    void start() {
        long every = settings.schedulePoll().toMillis();
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void wake() {
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("An amendment is left to other dispatchers, since this one stops");
        }
    }

    private void look() {
        try {
            Optional<Integer> changed;
            do {
                changed = amendments.workOnNext(settings.batchRecipients());
                changed.ifPresent(amended::increment);
            } while (changed.isPresent() && !stopping);
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.warn("Edits and recalls wait, since the database failed: {}", e.getMessage());
            }
            isFailing = true;
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
