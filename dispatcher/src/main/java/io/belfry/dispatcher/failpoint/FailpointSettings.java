package io.belfry.dispatcher.failpoint;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;

/// Where a dispatcher stops dead (`belfry.failpoint`). For tests of crashes alone: leave it unset.
///
/// @param at the step; nowhere unless set
/// @param passes how often that step goes well before
@ConfigurationProperties("belfry.failpoint")
public record FailpointSettings(
        @Nullable Failpoint at,
        @Bindable(defaultValue = "0") @Min(0) int passes) {}
