package io.belfry.dispatcher.erasure;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How users who were erased are taken out of the events of the past (`belfry.erasure`).
///
/// @param every how often it is looked whether there is one
/// @param settle how long after its request it begins: events that were just being accepted are committed by then
/// @param page events looked at in one transaction
@ConfigurationProperties("belfry.erasure")
public record ErasureSettings(
        @Bindable(defaultValue = "5s") Duration every,
        @Bindable(defaultValue = "5s") Duration settle,

        @Bindable(defaultValue = "2000") @Min(1) @Max(100_000)
        int page) {}
