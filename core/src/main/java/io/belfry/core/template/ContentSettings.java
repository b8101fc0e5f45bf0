package io.belfry.core.template;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;

/// How content is chosen and refreshed (`belfry.content`).
///
/// @param fallbackLocale for readers whose locale has no content
/// @param refreshEvery how often templates and categories are read again if no signal came
@ConfigurationProperties("belfry.content")
public record ContentSettings(
        @Bindable(defaultValue = "en") @NotBlank String fallbackLocale,
        @Bindable(defaultValue = "5s") Duration refreshEvery) {}
