package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.Recalls;
import io.belfry.core.database.Rounds;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;

/// Finds the phones that have pushes of broadcasts that were recalled, a page at a time. Every dispatcher does it, each
/// at other broadcasts. Woken by a signal; looking now and then is the safety net, and how it goes on when phones were
/// told.
@Context
final class RecallWorker {
    private final Rounds rounds;

    RecallWorker(Recalls recalls, BroadcastSettings settings, Signals signals) {
        this.rounds = new Rounds(
                "broadcast-recalls",
                "Recalls of broadcasts",
                settings.pollEvery(),
                () -> recalls.workOnNext(settings.pushPage()));
        signals.on(Signal.BROADCASTS, rounds::wake);
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
