package io.belfry.api.outbox;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How events are taken from the table `outbox` (`belfry.outbox`).
///
/// @param enabled whether they are
/// @param every how often it is looked at: what an event waits at most while there are few
/// @param page rows taken at once
/// @param mayAddressEveryone whether events from there may be for `everyone`
@ConfigurationProperties("belfry.outbox")
public record OutboxSettings(
        @Bindable(defaultValue = "false") boolean enabled,
        @Bindable(defaultValue = "250ms") Duration every,
        @Bindable(defaultValue = "500") @Min(1) @Max(5000) int page,
        @Bindable(defaultValue = "false") boolean mayAddressEveryone) {}
