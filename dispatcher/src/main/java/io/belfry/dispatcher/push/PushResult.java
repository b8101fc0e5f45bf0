package io.belfry.dispatcher.push;

import java.time.Duration;
import java.util.Objects;

/// What came of one try to push. Reasons are for traces and operators; they name no token and no content.
public sealed interface PushResult {

    /// The provider took it.
    ///
    /// @param providerMessageId by which the provider knows it
    record Accepted(String providerMessageId) implements PushResult {}

    /// The token will never work again. Remove it only if the device did not register it anew since the send began.
    record TokenDead(String reason) implements PushResult {}

    /// This message can never be sent, to this device, by this installation: a bug or a wrong setup. Not to be retried;
    /// the token stays, for nothing is proved against it.
    record Rejected(String reason) implements PushResult {}

    /// Not sent; the provider names a time before which it wants no further try.
    ///
    /// @param delay from the answer's arrival
    /// @param scope who is meant by that
    record RetryAfter(Duration delay, Scope scope, String reason) implements PushResult {
        public RetryAfter {
            Objects.requireNonNull(scope, "scope");
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0)");
            }
        }
    }

    /// Not sent, as far as the provider says: it is down, overloaded without saying for how long, out of reach, or does
    /// not know us. Try again after a backoff.
    record ProviderDown(String reason) implements PushResult {}

    /// It was sent and the answer was lost: the device may have it. Providers know no idempotency key, so a re-send can
    /// arrive twice (the collapse id then makes the second replace the first); the attempt must say so.
    record Ambiguous(String reason) implements PushResult {}

    /// Whose limit it is.
    enum Scope {
        /// This device's, or its platform's. Others may still be pushed to.
        DEVICE,
        /// Everybody's.
        PROVIDER
    }
}
