package io.belfry.api.event;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How events are taken in (`belfry.intake`).
///
/// @param maxBodyBytes of one event
/// @param maxRecipients named in one event
/// @param maxBatch events in one request
/// @param maxBatchBytes of a request with several; `micronaut.server.max-request-size` must allow it
/// @param queue events that may wait for a commit; more are answered 503
/// @param groupSize events stored in one commit at most, and whole requests beyond
/// @param writers commits under way at a time
/// @param inFlightWait how long an event waits for another request that is just using its idempotency key
@ConfigurationProperties("belfry.intake")
public record IntakeSettings(
        @Bindable(defaultValue = "262144") @Min(1024) int maxBodyBytes,

        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int maxRecipients,

        @Bindable(defaultValue = "1000") @Min(1) @Max(5000) int maxBatch,
        @Bindable(defaultValue = "4194304") @Min(1024) int maxBatchBytes,
        @Bindable(defaultValue = "20000") @Min(1) int queue,
        @Bindable(defaultValue = "500") @Min(1) @Max(5000) int groupSize,
        @Bindable(defaultValue = "2") @Min(1) @Max(16) int writers,
        @Bindable(defaultValue = "2s") Duration inFlightWait) {}
