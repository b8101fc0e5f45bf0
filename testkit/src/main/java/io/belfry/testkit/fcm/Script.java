package io.belfry.testkit.fcm;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// What the simulator is to do with the next requests instead of answering them. Immutable; start from one of the
/// factories and narrow it:
///
/// ```java
/// simulator.script(Script.fail(Failure.UNAVAILABLE).retryAfter(Duration.ofSeconds(2)).times(3));
/// simulator.script(Script.drop().delivering().forToken("phone-1"));
/// ```
///
/// A script for a token wins over one for any token; among equals the older one. It is used up after `times` requests.
///
/// @param target     which endpoint it concerns
/// @param token      only sends to this token, or all
/// @param times      how many requests, `> 0`
/// @param ending     how the request ends
/// @param failure    what is answered when `ending` is [Ending#ANSWER]; empty answers as if there were no script
/// @param status     a bare status without a body, instead of `failure`
/// @param delay      how long the request waits first
/// @param retryAfter the `Retry-After` header of the answer
/// @param delivered  whether the phone gets the message although the caller is told otherwise
public record Script(
        Target target,
        Optional<String> token,
        int times,
        Ending ending,
        Optional<Failure> failure,
        OptionalInt status,
        Duration delay,
        Optional<Duration> retryAfter,
        boolean delivered) {

    /// The endpoint a script concerns.
    public enum Target {
        /// `messages:send`
        SEND,
        /// the OAuth token endpoint
        TOKEN
    }

    /// How a scripted request ends.
    public enum Ending {
        /// With a response.
        ANSWER,
        /// The connection is closed without a byte.
        DROP,
        /// The connection is reset (TCP RST).
        RESET,
        /// Half a response, then the connection is closed.
        CUT,
        /// Nothing ever comes and the connection stays open.
        HANG
    }

    public Script {
        Objects.requireNonNull(target);
        Objects.requireNonNull(ending);
        if (times < 1) {
            throw new IllegalArgumentException("times: " + times + " (expected: > 0)");
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0)");
        }
        if (status.isPresent() && (status.getAsInt() < 200 || status.getAsInt() > 599)) {
            throw new IllegalArgumentException("status: " + status.getAsInt() + " (expected: 200..599)");
        }
    }

    private static Script ending(Ending ending) {
        return new Script(
                Target.SEND,
                Optional.empty(),
                1,
                ending,
                Optional.empty(),
                OptionalInt.empty(),
                Duration.ZERO,
                Optional.empty(),
                false);
    }

    public static Script fail(Failure failure) {
        return ending(Ending.ANSWER).failing(failure);
    }

    /// Answers with `status` and no body.
    public static Script status(int status) {
        return ending(Ending.ANSWER).answering(status);
    }

    /// Answers as always, but `delay` later.
    public static Script slow(Duration delay) {
        return ending(Ending.ANSWER).after(delay);
    }

    public static Script drop() {
        return ending(Ending.DROP);
    }

    public static Script reset() {
        return ending(Ending.RESET);
    }

    public static Script cut() {
        return ending(Ending.CUT);
    }

    public static Script hang() {
        return ending(Ending.HANG);
    }

    public Script forToken(String only) {
        return new Script(target, Optional.of(only), times, ending, failure, status, delay, retryAfter, delivered);
    }

    public Script times(int count) {
        return new Script(target, token, count, ending, failure, status, delay, retryAfter, delivered);
    }

    public Script always() {
        return times(Integer.MAX_VALUE);
    }

    public Script after(Duration wait) {
        return new Script(target, token, times, ending, failure, status, wait, retryAfter, delivered);
    }

    public Script retryAfter(Duration wait) {
        return new Script(target, token, times, ending, failure, status, delay, Optional.of(wait), delivered);
    }

    /// The message reaches the phone; only the answer goes wrong.
    public Script delivering() {
        return new Script(target, token, times, ending, failure, status, delay, retryAfter, true);
    }

    /// Concerns the OAuth token endpoint instead of sends.
    public Script onTokenEndpoint() {
        return new Script(Target.TOKEN, token, times, ending, failure, status, delay, retryAfter, delivered);
    }

    private Script failing(Failure what) {
        return new Script(target, token, times, ending, Optional.of(what), status, delay, retryAfter, delivered);
    }

    private Script answering(int code) {
        return new Script(target, token, times, ending, failure, OptionalInt.of(code), delay, retryAfter, delivered);
    }

    boolean concerns(Target endpoint, String requestToken) {
        return target == endpoint && (token.isEmpty() || token.get().equals(requestToken));
    }
}
