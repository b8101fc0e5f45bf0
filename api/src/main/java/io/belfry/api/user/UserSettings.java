package io.belfry.api.user;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// What services may say of users (`belfry.users`).
///
/// @param maxBatch users in one request
/// @param maxBatchBytes of a request with several; `micronaut.server.max-request-size` must allow it
/// @param maxAttributeChars of one user's attributes, as JSON
@ConfigurationProperties("belfry.users")
public record UserSettings(
        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int maxBatch,

        @Bindable(defaultValue = "4194304") @Min(1024) int maxBatchBytes,
        @Bindable(defaultValue = "16384") @Min(2) int maxAttributeChars) {}
