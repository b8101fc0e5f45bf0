package io.belfry.dispatcher;

import io.belfry.core.database.Rounds;
import io.belfry.core.digest.Digests;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;

/// Makes events of digests that are due. Every dispatcher does it: what one has in hand, the others pass over.
@Context
final class DigestWorker {
    private static final int PAGE = 50;

    private final Digests digests;
    private final Signals signals;
    private final Clock clock;
    private final Counter ended;
    private final Rounds rounds;

    DigestWorker(Digests digests, Signals signals, Clock clock, DispatcherSettings settings, MeterRegistry metrics) {
        this.digests = digests;
        this.signals = signals;
        this.clock = clock;
        this.rounds = new Rounds("digests", "Digests", settings.schedulePoll(), this::look);
        this.ended = Counter.builder("belfry.digests.ended")
                .description("Digests that became events")
                .register(metrics);
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    private boolean look() {
        Digests.Ended page = digests.endDue(clock.instant(), PAGE);
        ended.increment(page.digests());
        page.priorities().forEach(priority -> signals.raise(Signal.eventsOf(priority)));
        return page.digests() == PAGE;
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
