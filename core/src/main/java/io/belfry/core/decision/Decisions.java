package io.belfry.core.decision;

import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Circumstances.Excess;
import io.belfry.core.decision.Circumstances.Passage;
import io.belfry.core.decision.Circumstances.Person;
import io.belfry.core.decision.Circumstances.Subject;
import io.belfry.core.event.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides, for one notification, which media are used, when, and why not. Pure: dispatch, dry run, and the last look
/// before a push all ask it.
///
/// What is mandatory heeds no choice of the user but quiet hours; what is critical heeds no quiet hours and no limit.
public final class Decisions {
    /// A critical notification waits no longer than this for proof of receipt, whatever its category says.
    public static final Duration CRITICAL_DELAY = Duration.ofSeconds(3);

    private static final Excess NO_EXCESS = new Excess.None();

    private Decisions() {}

    public static Decision decide(Circumstances c) {
        if (c.subject().passage() == Passage.STOPPED) {
            return Decision.none(SuppressionReason.STOPPED);
        }
        if (c.subject().passage() == Passage.SANDBOX && !c.person().mayGetTests()) {
            return Decision.none(SuppressionReason.SANDBOXED);
        }
        if (c.subject().expires().filter(at -> !at.isAfter(c.now())).isPresent()) {
            return Decision.none(SuppressionReason.EXPIRED);
        }
        if (c.recent().duplicate()) {
            return Decision.none(SuppressionReason.DUPLICATE);
        }
        if (!isWanted(c, Medium.INBOX)) {
            return Decision.none(SuppressionReason.MUTED);
        }
        return new Decision(Verdict.NOW, live(c), push(c));
    }

    private static Verdict live(Circumstances c) {
        Optional<SuppressionReason> unwanted = unwanted(c, Medium.LIVE);
        if (unwanted.isPresent()) {
            return new Verdict.Suppress(unwanted.get());
        }
        return excess(c) instanceof Excess.None ? Verdict.NOW : new Verdict.Suppress(SuppressionReason.THROTTLED);
    }

    private static Verdict push(Circumstances c) {
        if (!c.category().push()) {
            return new Verdict.Suppress(SuppressionReason.CATEGORY_NOT_PUSHED);
        }
        Optional<SuppressionReason> unwanted = unwanted(c, Medium.PUSH);
        if (unwanted.isPresent()) {
            return new Verdict.Suppress(unwanted.get());
        }
        if (c.person().devices() == 0) {
            return new Verdict.Suppress(SuppressionReason.NO_DEVICE);
        }
        return switch (excess(c)) {
            case Excess.Silent() -> new Verdict.Suppress(SuppressionReason.THROTTLED);
            case Excess.Deferred(Instant until) -> deferred(c, until, Verdict.DeferralReason.THROTTLED);
            case Excess.None() -> atOnce(c);
        };
    }

    private static Verdict atOnce(Circumstances c) {
        Duration delay = delay(c.category(), c.subject().priority());
        return quietUntil(c, c.now())
                .map(end -> later(end, c.now().plus(delay)))
                .map(until -> deferred(c, until, Verdict.DeferralReason.QUIET_HOURS))
                .orElseGet(() -> new Verdict.Send(delay));
    }

    /// Not before that time, and not in quiet hours, but never past its expiry.
    private static Verdict deferred(Circumstances c, Instant until, Verdict.DeferralReason reason) {
        Instant awake = quietUntil(c, until).orElse(until);
        boolean tooLate = c.subject().expires().filter(at -> !at.isAfter(awake)).isPresent();
        if (!tooLate) {
            return new Verdict.Defer(awake, reason);
        }
        return new Verdict.Suppress(
                switch (reason) {
                    case QUIET_HOURS -> SuppressionReason.QUIET_HOURS;
                    case THROTTLED -> SuppressionReason.THROTTLED;
                });
    }

    private static Optional<Instant> quietUntil(Circumstances c, Instant moment) {
        return isCritical(c.subject())
                ? Optional.empty()
                : c.person()
                        .preferences()
                        .quietHours()
                        .flatMap(quiet -> quiet.endingAfter(moment, c.person().zone()));
    }

    private static Excess excess(Circumstances c) {
        return isCritical(c.subject()) ? NO_EXCESS : c.recent().excess();
    }

    /// Why the user does not want to be disturbed by it in this way.
    private static Optional<SuppressionReason> unwanted(Circumstances c, Medium medium) {
        if (c.category().mandatory()) {
            return Optional.empty();
        }
        if (!isWanted(c, medium)) {
            return Optional.of(SuppressionReason.MUTED);
        }
        Person person = c.person();
        if (c.subject().topic().filter(person.preferences()::mutes).isPresent()) {
            return Optional.of(SuppressionReason.TOPIC_MUTED);
        }
        return person.preferences()
                .pausedUntil()
                .filter(until -> until.isAfter(c.now()))
                .map(until -> SuppressionReason.PAUSED);
    }

    private static boolean isWanted(Circumstances c, Medium medium) {
        return c.category().mandatory() || c.person().preferences().wants(c.category(), medium);
    }

    private static boolean isCritical(Subject subject) {
        return subject.priority() == Priority.CRITICAL;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Duration delay(Category category, Priority priority) {
        boolean tooLong = category.pushDelay().compareTo(CRITICAL_DELAY) > 0;
        return priority == Priority.CRITICAL && tooLong ? CRITICAL_DELAY : category.pushDelay();
    }
}
