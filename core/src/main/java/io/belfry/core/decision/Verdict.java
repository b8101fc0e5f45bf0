package io.belfry.core.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// What was decided for one medium.
public sealed interface Verdict {
    /// Nothing to wait for.
    Verdict NOW = new Send(Duration.ZERO);

    /// It is used.
    ///
    /// @param after how long a push waits for proof that it is not needed; zero for the other media
    record Send(Duration after) implements Verdict {}

    /// It is used later, unless proof comes before that it is not needed.
    record Defer(Instant until, DeferralReason reason) implements Verdict {}

    /// It is not used.
    record Suppress(SuppressionReason reason) implements Verdict {}

    /// Why a medium is used later.
    enum DeferralReason {
        /// It is night for the user.
        QUIET_HOURS,
        /// There were too many of them lately.
        THROTTLED;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }
}
