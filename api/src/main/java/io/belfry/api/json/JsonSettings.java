package io.belfry.api.json;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/// Which bodies are read at all (`belfry.json`).
///
/// @param maxBytes of a body, except where a feature has a limit of its own, such as `belfry.intake.max-body-bytes`
/// @param maxDepth of nesting in any body
@ConfigurationProperties("belfry.json")
public record JsonSettings(
        @Bindable(defaultValue = "262144") @Min(1024) int maxBytes,
        @Bindable(defaultValue = "32") @Min(4) @Max(500) int maxDepth) {}
