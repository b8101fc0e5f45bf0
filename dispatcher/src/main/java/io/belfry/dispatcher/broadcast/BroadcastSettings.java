package io.belfry.dispatcher.broadcast;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How broadcasts go out (`belfry.broadcasts`).
///
/// @param wavePause between two waves of one broadcast: the time in which an operator sees the first ones and can stop
///     the rest
/// @param pollEvery how often broadcasts are looked at if no signal came
/// @param pushesUnderWay pushes of a broadcast under way at one time; they share `belfry.push.max-in-flight` with all
///     others
/// @param pushPage devices looked at in one statement
/// @param pushLease how long the pushes of a broadcast wait for a dispatcher that died before another goes on
@ConfigurationProperties("belfry.broadcasts")
public record BroadcastSettings(
        @Bindable(defaultValue = "1s") Duration wavePause,
        @Bindable(defaultValue = "250ms") Duration pollEvery,

        @Bindable(defaultValue = "128") @Min(1) @Max(4096) int pushesUnderWay,

        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int pushPage,

        @Bindable(defaultValue = "15s") Duration pushLease) {}
