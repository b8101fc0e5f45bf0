package io.belfry.dispatcher.push;

import io.belfry.dispatcher.push.PushResult.Accepted;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// Says what to do with a push after a try. Pure but for its randomness; thread-safe.
@Singleton
public final class RetryPolicy {
    private final PushSettings.Retry settings;
    private final Backoff backoff;

    @Inject
    RetryPolicy(PushSettings settings) {
        this(settings.retry(), new ThreadLocalRandomness());
    }

    RetryPolicy(PushSettings.Retry settings, RandomGenerator random) {
        this.settings = settings;
        this.backoff = new Backoff(settings.initial(), settings.max(), random);
    }

    /// What follows a try.
    public sealed interface Next {
        /// Nothing more to do; the result says why.
        record Done() implements Next {}

        /// Try again, not before `at`.
        record Retry(Instant at) implements Next {}

        /// No further try, although the device may not have it.
        record GiveUp(String reason) implements Next {}
    }

    /// @param attempts tries so far, this one included, `>= 1`
    /// @param ambiguous how many of them, this one included, lost their answer
    /// @param expiresAt after which nobody wants the push any more
    public Next next(PushResult result, int attempts, int ambiguous, Instant now, Instant expiresAt) {
        return switch (result) {
            case Accepted _, TokenDead _, Rejected _ -> new Next.Done();
            case RetryAfter r -> retry(backoff.after(attempts, r.delay()), attempts, now, expiresAt);
            case ProviderDown _ -> retry(backoff.after(attempts), attempts, now, expiresAt);
            case Ambiguous _ ->
                ambiguous > settings.ambiguousAttempts()
                        ? new Next.GiveUp("the answer was lost " + ambiguous + " times; the device may have it")
                        : retry(backoff.after(attempts), attempts, now, expiresAt);
        };
    }

    /// Whether a device may be tried once more.
    ///
    /// @param attempts tries so far
    /// @param unclear how many of them lost their answer, or were left behind by a dispatcher that died
    public boolean isAllowed(int attempts, int unclear) {
        return attempts < settings.attempts() && unclear <= settings.ambiguousAttempts();
    }

    private Next retry(Duration wait, int attempts, Instant now, Instant expiresAt) {
        if (attempts >= settings.attempts()) {
            return new Next.GiveUp("failed " + attempts + " times");
        }
        Instant at = now.plus(wait);
        return at.isBefore(expiresAt)
                ? new Next.Retry(at)
                : new Next.GiveUp("expires at " + expiresAt + ", before the next try at " + at);
    }
}
