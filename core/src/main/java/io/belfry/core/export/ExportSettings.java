package io.belfry.core.export;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// How exports are read (`belfry.export`).
///
/// @param page notifications that are read at a time
@ConfigurationProperties("belfry.export")
public record ExportSettings(
        @Bindable(defaultValue = "500") @Min(1) @Max(10_000) int page) {}
