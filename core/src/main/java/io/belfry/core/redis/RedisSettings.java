package io.belfry.core.redis;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How Belfry uses Redis (`belfry.redis`). The address itself is `redis.uri`.
///
/// @param commandTimeout after which a command counts as failed; it may have taken effect all the same
/// @param connectTimeout for one try to connect
/// @param requestQueue commands that may wait for an answer on one connection; more are refused at once
@ConfigurationProperties("belfry.redis")
public record RedisSettings(
        @Bindable(defaultValue = "2s") Duration commandTimeout,
        @Bindable(defaultValue = "2s") Duration connectTimeout,
        @Bindable(defaultValue = "50000") @Min(100) int requestQueue) {}
