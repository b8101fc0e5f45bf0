package io.belfry.dispatcher.push;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How pushes are sent (`belfry.push`). With neither `credentials` nor `endpoint` push is off.
///
/// @param enabled false switches push off whatever else is set
/// @param credentials path of the Firebase service account's JSON file; the file is the secret, keep it 0600
/// @param projectId the Firebase project; by default the service account's
/// @param endpoint base URL to use instead of FCM's own, such as the simulator's
/// @param connectTimeout for one try to connect, and for a free connection
/// @param readTimeout for the answer; a push that runs into it counts as ambiguous. FCM asks for at least 10 s
/// @param maxInFlight pushes under way at one time, each with a connection of its own; others wait for their turn
@ConfigurationProperties("belfry.push")
public record PushSettings(
        @Bindable(defaultValue = "true") boolean enabled,
        @Nullable String credentials,
        @Nullable String projectId,
        @Nullable String endpoint,
        @Bindable(defaultValue = "5s") Duration connectTimeout,
        @Bindable(defaultValue = "10s") Duration readTimeout,
        @Bindable(defaultValue = "256") @Min(1) @Max(4096) int maxInFlight,
        Retry retry,
        Circuit circuit) {
    /// When a push that was not accepted is tried again (`belfry.push.retry`).
    ///
    /// @param initial bound of the first wait; doubles with each further one
    /// @param max bound of any wait that the provider did not ask for
    /// @param attempts tries of one push to one device, the first included
    /// @param ambiguousAttempts re-sends allowed after an answer was lost; each may show the push twice
    @ConfigurationProperties("retry")
    public record Retry(
            @Bindable(defaultValue = "2s") Duration initial,
            @Bindable(defaultValue = "5m") Duration max,
            @Bindable(defaultValue = "8") @Min(1) int attempts,
            @Bindable(defaultValue = "1") @Min(0) int ambiguousAttempts) {}

    /// When sending stops because the provider fails (`belfry.push.circuit`).
    ///
    /// @param failures that open it when they come in a row
    /// @param window results over which `ratio` is taken
    /// @param ratio of failures in a full window that opens it
    /// @param initial bound of the first pause; doubles while the trial pushes fail
    /// @param max bound of any pause that the provider did not ask for
    /// @param trials pushes let through to see whether it works again
    @ConfigurationProperties("circuit")
    public record Circuit(
            @Bindable(defaultValue = "20") @Min(1) int failures,

            @Bindable(defaultValue = "100") @Min(2) @Max(10_000)
            int window,

            @Bindable(defaultValue = "0.5") @DecimalMin("0.01") @DecimalMax("1.0")
            double ratio,

            @Bindable(defaultValue = "1s") Duration initial,
            @Bindable(defaultValue = "60s") Duration max,
            @Bindable(defaultValue = "3") @Min(1) int trials) {}
}
