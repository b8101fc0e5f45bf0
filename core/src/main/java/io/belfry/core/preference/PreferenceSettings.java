package io.belfry.core.preference;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// What users may choose (`belfry.preferences`).
///
/// @param maxMutedTopics of one user
/// @param maxCategories of which one user may have chosen
/// @param publicUrl where users' browsers reach this, for links to unsubscribe; by default the address that a service
///     asked for the link at
@ConfigurationProperties("belfry.preferences")
public record PreferenceSettings(
        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int maxMutedTopics,

        @Bindable(defaultValue = "200") @Min(1) @Max(1000) int maxCategories,
        @Nullable String publicUrl) {}
