package io.belfry.core.event;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How far back the console looks for the types of events (`belfry.seen-types`).
///
/// @param window events older than this are not counted
/// @param maxEvents no more than so many of the newest are looked at
@ConfigurationProperties("belfry.seen-types")
public record SeenTypesSettings(
        @Bindable(defaultValue = "7d") Duration window,
        @Bindable(defaultValue = "100000") @Min(1) int maxEvents) {}
