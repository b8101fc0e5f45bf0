package io.belfry.dispatcher;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How events are dispatched (`belfry.dispatcher`).
///
/// @param batchEvents events claimed at a time, of one lane or of several together
/// @param batchRecipients notifications written in one transaction; a larger audience takes several
/// @param workersPerPriority batches of one priority that this node works at at the same time
/// @param pollEvery how often lanes are looked at if no signal came
/// @param offlineGrace how long a push waits when nobody listened: a client that just lost its socket is back within a
///     second
/// @param schedulePoll how often it is looked whether events that were put off are due
@ConfigurationProperties("belfry.dispatcher")
public record DispatcherSettings(
        @Bindable(defaultValue = "500") @Min(1) @Max(5000) int batchEvents,

        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int batchRecipients,

        @Bindable(defaultValue = "1") @Min(1) @Max(8) int workersPerPriority,
        @Bindable(defaultValue = "500ms") Duration pollEvery,
        @Bindable(defaultValue = "2s") Duration offlineGrace,
        @Bindable(defaultValue = "500ms") Duration schedulePoll) {}
