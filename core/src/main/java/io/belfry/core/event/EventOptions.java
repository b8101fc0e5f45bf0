package io.belfry.core.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What few events ask for, beyond those whom they name.
///
/// @param crowd whom it reaches without naming them
/// @param deliverAt not before; then its [EventId] is of that time
/// @param expires when nobody wants it any more
/// @param collapseKey a newer notification of the same user with the same key takes the place of this one
/// @param cancellationKey by which its sender can take it back
/// @param throttle instead of its category's
/// @param dedupe instead of its category's
/// @param digest how it is gathered with others, instead of being a notification of its own
/// @param escalation how it repeats itself until it is acknowledged
/// @param isTest whether it was sent with an API key that is marked test
public record EventOptions(
        Crowd crowd,
        Optional<Instant> deliverAt,
        Optional<Instant> expires,
        Optional<String> collapseKey,
        Optional<String> cancellationKey,
        Optional<KeyedThrottle> throttle,
        Optional<Duration> dedupe,
        Optional<DigestRule> digest,
        Optional<EscalationRule> escalation,
        boolean isTest) {
    /// Of an event that asks nothing.
    public static final EventOptions NONE = new EventOptions(
            Crowd.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /// Of one that is a notification of its own, and meant for real.
    public EventOptions(
            Crowd crowd,
            Optional<Instant> deliverAt,
            Optional<Instant> expires,
            Optional<String> collapseKey,
            Optional<String> cancellationKey,
            Optional<KeyedThrottle> throttle,
            Optional<Duration> dedupe) {
        this(
                crowd,
                deliverAt,
                expires,
                collapseKey,
                cancellationKey,
                throttle,
                dedupe,
                Optional.empty(),
                Optional.empty());
    }

    /// What an event asks for that is handed over to others, who are named: all but whom it reached and when.
    public EventOptions handedOver() {
        return new EventOptions(
                Crowd.NONE,
                Optional.empty(),
                expires,
                collapseKey,
                Optional.empty(),
                throttle,
                dedupe,
                Optional.empty(),
                escalation.map(rule -> new EscalationRule(rule.every(), rule.times(), Optional.empty())),
                isTest);
    }

    /// Of one that is meant for real.
    public EventOptions(
            Crowd crowd,
            Optional<Instant> deliverAt,
            Optional<Instant> expires,
            Optional<String> collapseKey,
            Optional<String> cancellationKey,
            Optional<KeyedThrottle> throttle,
            Optional<Duration> dedupe,
            Optional<DigestRule> digest,
            Optional<EscalationRule> escalation) {
        this(crowd, deliverAt, expires, collapseKey, cancellationKey, throttle, dedupe, digest, escalation, false);
    }

    /// The same for a test.
    public EventOptions asTest() {
        return new EventOptions(
                crowd, deliverAt, expires, collapseKey, cancellationKey, throttle, dedupe, digest, escalation, true);
    }

    /// A throttle, and what is counted together.
    ///
    /// @param key empty for all of the event's category
    public record KeyedThrottle(Throttle throttle, Optional<String> key) {}
}
