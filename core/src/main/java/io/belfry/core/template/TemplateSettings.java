package io.belfry.core.template;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;

/// How large templates may be (`belfry.templates`); a part of one has at most [TemplateContent#MAX_LENGTH] characters.
///
/// @param maxLocales languages in one template
/// @param maxBytes all words of one template together, as UTF-8
@ConfigurationProperties("belfry.templates")
public record TemplateSettings(
        @Bindable(defaultValue = "40") @Min(1) int maxLocales,
        @Bindable(defaultValue = "100000") @Min(1000) int maxBytes) {}
