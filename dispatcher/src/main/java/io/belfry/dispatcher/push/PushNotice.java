package io.belfry.dispatcher.push;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says once, at the start, that nobody will be pushed to.
@Singleton
@Requires(missingBeans = PushProvider.class)
final class PushNotice {
    private static final Logger LOG = LoggerFactory.getLogger(PushNotice.class);
    private final PushSettings settings;

    PushNotice(PushSettings settings) {
        this.settings = settings;
    }

    @EventListener
    void onStartup(StartupEvent started) {
        if (settings.enabled()) {
            LOG.warn("Push is off: set belfry.push.credentials to a Firebase service account's file");
        } else {
            LOG.info("Push is off: belfry.push.enabled is false");
        }
    }
}
