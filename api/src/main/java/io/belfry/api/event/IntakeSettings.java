package io.belfry.api.event;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// How events are taken in (`belfry.intake`).
///
/// @param maxBodyBytes of one event
/// @param maxRecipients named in one event
/// @param maxDepth of nesting in its body
/// @param queue events that may wait for a commit; more are answered 503
/// @param groupSize events stored in one commit at most
/// @param writers commits under way at a time
@ConfigurationProperties("belfry.intake")
public record IntakeSettings(
        @Bindable(defaultValue = "262144") @Min(1024) int maxBodyBytes,

        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int maxRecipients,

        @Bindable(defaultValue = "32") @Min(4) @Max(500) int maxDepth,
        @Bindable(defaultValue = "20000") @Min(1) int queue,
        @Bindable(defaultValue = "500") @Min(1) @Max(5000) int groupSize,
        @Bindable(defaultValue = "2") @Min(1) @Max(16) int writers) {}
