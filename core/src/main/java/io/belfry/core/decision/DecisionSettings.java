package io.belfry.core.decision;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.ZoneId;

/// What decisions fall back on (`belfry.decisions`).
///
/// @param timeZone of users whose own is not known, for quiet hours
@ConfigurationProperties("belfry.decisions")
public record DecisionSettings(
        @Bindable(defaultValue = "UTC") ZoneId timeZone) {}
