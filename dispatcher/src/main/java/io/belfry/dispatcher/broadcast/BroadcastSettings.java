package io.belfry.dispatcher.broadcast;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/// How broadcasts go out (`belfry.broadcasts`).
///
/// @param wavePause between two waves of one broadcast: the time in which an operator sees the first ones and can stop
///     the rest
/// @param pollEvery how often broadcasts are looked at if no signal came
@ConfigurationProperties("belfry.broadcasts")
public record BroadcastSettings(
        @Bindable(defaultValue = "1s") Duration wavePause,
        @Bindable(defaultValue = "250ms") Duration pollEvery) {}
