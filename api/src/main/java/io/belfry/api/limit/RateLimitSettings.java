package io.belfry.api.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How much an API key may send (`belfry.rate-limit`), over all nodes together.
///
/// @param events in one window; each event of a batch counts
/// @param window how long a window is; all keys' windows begin at the same time
/// @param blocks of which a window's events consist: a node takes one at a time from Redis, so fewer mean fewer
/// calls, and more are more exact
@ConfigurationProperties("belfry.rate-limit")
public record RateLimitSettings(
        @Bindable(defaultValue = "2000000") @Min(1) long events,
        @Bindable(defaultValue = "1m") Duration window,
        @Bindable(defaultValue = "100") @Min(1) int blocks) {

    public RateLimitSettings {
        if (window.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("belfry.rate-limit.window: " + window + " (expected: at least PT1S)");
        }
    }

    long block() {
        return Math.max(1, events / blocks);
    }
}
