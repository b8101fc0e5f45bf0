package io.belfry.dispatcher.push.fcm;

import io.belfry.dispatcher.push.PushProvider;
import io.belfry.dispatcher.push.PushSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Clock;

/// Makes the provider where one is configured. Where not, there is no such bean.
@Factory
final class FcmFactory {
    @Singleton
    @Bean(preDestroy = "close", typed = PushProvider.class)
    @Requires(condition = PushConfigured.class)
    FcmProvider fcm(PushSettings settings, Clock clock, MeterRegistry metrics) {
        return new FcmProvider(settings, clock, metrics);
    }
}
