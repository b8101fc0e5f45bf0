package io.belfry.dispatcher.erasure;

import io.belfry.core.database.Rounds;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;

/// Looks every now and then whether somebody was erased who is still in the past.
@Context
final class ErasureWorker {

    private final Rounds rounds;

    ErasureWorker(Past past, ErasureSettings settings) {
        this.rounds = new Rounds("erasure", "Erasures", settings.every(), past::scrubNext);
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
