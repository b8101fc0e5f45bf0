package io.belfry.dispatcher;

import io.belfry.core.digest.Digests;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes events of digests that are due. Every dispatcher does it: what one has in hand, the others pass over.
@Context
final class DigestWorker {
    private static final Logger LOG = LoggerFactory.getLogger(DigestWorker.class);
    private static final int PAGE = 50;

    private final Digests digests;
    private final Signals signals;
    private final Clock clock;
    private final DispatcherSettings settings;
    private final Counter ended;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("digests").factory());
    private boolean isFailing;

    DigestWorker(Digests digests, Signals signals, Clock clock, DispatcherSettings settings, MeterRegistry metrics) {
        this.digests = digests;
        this.signals = signals;
        this.clock = clock;
        this.settings = settings;
        this.ended = Counter.builder("belfry.digests.ended")
                .description("Digests that became events")
                .register(metrics);
    }

    @PostConstruct
    void start() {
        long every = settings.schedulePoll().toMillis();
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Digests.Ended page;
            do {
                page = digests.endDue(clock.instant(), PAGE);
                ended.increment(page.digests());
                page.priorities().forEach(priority -> signals.raise(Signal.eventsOf(priority)));
            } while (page.digests() == PAGE);
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                LOG.warn("Digests wait, since the database failed: {}", e.getMessage());
            }
            isFailing = true;
        }
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
