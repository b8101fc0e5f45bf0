package io.belfry.dispatcher.inbox;

import io.belfry.core.amendment.Amendments;
import io.belfry.core.database.Rounds;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.DispatcherSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.Optional;

/// Edits and recalls the notifications of whole events, a page at a time. Every dispatcher does it, each at other
/// events. Woken by a signal; looking now and then is the safety net.
@Context
final class AmendmentWorker {

    private final Amendments amendments;
    private final DispatcherSettings settings;
    private final Counter amended;
    private final Rounds rounds;

    AmendmentWorker(Amendments amendments, DispatcherSettings settings, Signals signals, MeterRegistry metrics) {
        this.amendments = amendments;
        this.settings = settings;
        this.amended = Counter.builder("belfry.notifications.amended")
                .description("Notifications that were edited or recalled with their event")
                .register(metrics);
        this.rounds = new Rounds("amendments", "Edits and recalls", settings.schedulePoll(), this::look);
        signals.on(Signal.AMENDMENTS, rounds::wake);
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    private boolean look() {
        Optional<Integer> changed = amendments.workOnNext(settings.batchRecipients());
        changed.ifPresent(amended::increment);
        return changed.isPresent();
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
