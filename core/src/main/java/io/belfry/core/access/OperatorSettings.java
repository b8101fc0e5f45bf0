package io.belfry.core.access;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How operators sign in (`belfry.operators`).
///
/// @param maxFailures wrong passwords in a row after which an account is locked
/// @param lockFor how long it stays locked
/// @param idleTimeout a session unused for so long is over
/// @param sessionLifetime after which one has to sign in again in any case
/// @param oneTimePasswordLasts how long a new operator has to choose an own password
/// @param concurrentChecks passwords checked at a time on one node; each takes 19 MiB and a core for
///     as long as [Passwords] says
/// @param secondFactor whether each operator has to have one: `optional` or `required`
/// @param challengeLasts how long after the password the code of the second factor may be given
/// @param secretsKey any long secret; under it the second factors' secrets are sealed in the database. Without it
///     they are kept as they are. Whoever changes it takes everybody's second factor
@ConfigurationProperties("belfry.operators")
public record OperatorSettings(
        @Bindable(defaultValue = "8") @Min(1) @Max(1000) int maxFailures,
        @Bindable(defaultValue = "10m") Duration lockFor,
        @Bindable(defaultValue = "2h") Duration idleTimeout,
        @Bindable(defaultValue = "12h") Duration sessionLifetime,
        @Bindable(defaultValue = "72h") Duration oneTimePasswordLasts,
        @Bindable(defaultValue = "4") @Min(1) @Max(64) int concurrentChecks,
        @Bindable(defaultValue = "OPTIONAL") SecondFactorPolicy secondFactor,
        @Bindable(defaultValue = "5m") Duration challengeLasts,
        @Nullable String secretsKey) {

    @Override
    public String toString() {
        return "OperatorSettings[maxFailures=" + maxFailures + ", lockFor=" + lockFor + ", idleTimeout=" + idleTimeout
                + ", sessionLifetime=" + sessionLifetime + ", oneTimePasswordLasts=" + oneTimePasswordLasts
                + ", concurrentChecks=" + concurrentChecks + ", secondFactor=" + secondFactor + ", challengeLasts="
                + challengeLasts + ", secretsKey=[REDACTED]]";
    }
}
