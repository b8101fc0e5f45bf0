package io.belfry.console.broadcasts;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// How operators send broadcasts (`belfry.console.broadcasts`).
///
/// @param confirmAbove more people than this, and the operator has to type their number to send
/// @param maxListed how many user ids may be pasted as an audience
/// @param maxTesters how many people may get a test
@ConfigurationProperties("belfry.console.broadcasts")
record BroadcastsSettings(
        @Bindable(defaultValue = "100") @Min(0) long confirmAbove,

        @Bindable(defaultValue = "10000") @Min(1) @Max(100_000)
        int maxListed,

        @Bindable(defaultValue = "20") @Min(1) @Max(1_000) int maxTesters) {}
