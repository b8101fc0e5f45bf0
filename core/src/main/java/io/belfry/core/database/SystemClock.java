package io.belfry.core.database;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;

/// The clock of production; tests inject their own.
@Factory
final class SystemClock {
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
