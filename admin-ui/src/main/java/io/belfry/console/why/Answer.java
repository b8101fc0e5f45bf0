package io.belfry.console.why;

import io.belfry.console.Reasons;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Verdict;
import io.belfry.core.trace.NotificationTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What becomes of one medium, and why.
///
/// @param verdict yes, later or no, in a word
/// @param tone how it looks
/// @param reason the label as traces and dry runs give it, or null
/// @param until when the push follows, or null
record Answer(String medium, String verdict, String tone, String says, String reason, Instant until) {
    private static final String YES = "yes";
    private static final String LATER = "later";
    private static final String NO = "no";

    boolean isUsed() {
        return !verdict.equals(NO);
    }

    boolean isLate() {
        return verdict.equals(LATER);
    }

    boolean isPlain() {
        return verdict.equals(YES);
    }

    /// Of what would be decided.
    static List<Answer> of(Decision decision, Category category) {
        return List.of(
                of(Medium.INBOX, decision.inbox(), "It comes into the inbox."),
                of(
                        Medium.LIVE,
                        decision.live(),
                        "Devices that are connected show it at once, and make themselves heard."),
                of(Medium.PUSH, decision.push(), push(decision, category)));
    }

    private static String push(Decision decision, Category category) {
        Duration after = decision.push() instanceof Verdict.Send(Duration delay) ? delay : category.pushDelay();
        return "A push follows " + (after.isZero() ? "at once" : words(after) + " later") + ", unless it was "
                + category.pushUnless().label() + " on a device by then.";
    }

    private static Answer of(Medium medium, Verdict verdict, String used) {
        return switch (verdict) {
            case Verdict.Send send -> new Answer(name(medium), YES, "good", used, null, null);
            case Verdict.Defer(Instant until, Verdict.DeferralReason reason) ->
                new Answer(name(medium), LATER, "warn", Reasons.of(reason), reason.label(), until);
            case Verdict.Suppress(var reason) ->
                new Answer(name(medium), NO, "bad", Reasons.of(reason), reason.label(), null);
        };
    }

    /// Of what was decided.
    static List<Answer> of(NotificationTrace.Decided decided) {
        Answer inbox = stored(Medium.INBOX, decided.inbox(), NotificationTrace.Decided.SEND, "It is in the inbox.");
        if (!decided.isListed()) {
            return List.of(inbox);
        }
        Answer live = stored(
                Medium.LIVE,
                decided.live(),
                NotificationTrace.Decided.SEND,
                "Devices that were connected showed it at once.");
        Optional<NotificationTrace.Deferral> deferral =
                decided.deferral().filter(d -> decided.push().equals(Decision.PLANNED));
        Answer push = deferral.map(d -> new Answer(
                        name(Medium.PUSH), LATER, "warn", Reasons.ofDeferral(d.reason()), d.reason(), d.until()))
                .orElseGet(() -> stored(
                        Medium.PUSH,
                        decided.push(),
                        Decision.PLANNED,
                        "A push was planned, unless proof came before."));
        return List.of(inbox, live, push);
    }

    private static Answer stored(Medium medium, String label, String used, String says) {
        return label.equals(used)
                ? new Answer(name(medium), YES, "good", says, null, null)
                : new Answer(name(medium), NO, "bad", Reasons.ofLabel(label), label, null);
    }

    private static String name(Medium medium) {
        return switch (medium) {
            case INBOX -> "Inbox";
            case LIVE -> "Live";
            case PUSH -> "Push";
        };
    }

    private static String words(Duration after) {
        long seconds = after.toSeconds();
        return seconds < 120 ? seconds + " s" : after.toMinutes() + " min";
    }
}
