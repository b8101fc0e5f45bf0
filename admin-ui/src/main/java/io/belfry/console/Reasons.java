package io.belfry.console;

import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import java.util.Locale;

/// Why a medium is not used, or not yet, in sentences for people who look for the cause. One place for all pages.
public final class Reasons {
    private Reasons() {}

    public static String of(SuppressionReason reason) {
        return switch (reason) {
            case MUTED ->
                "The user does not want it: see their preferences and what the category has for who did not choose.";
            case TOPIC_MUTED -> "The user muted the event's topic, or one above it.";
            case PAUSED -> "The user wants no disturbance for a while.";
            case NO_DEVICE -> "No device of the user was registered for push.";
            case CATEGORY_NOT_PUSHED -> "The category is never pushed.";
            case THROTTLED -> "As many as the throttle allows had come within its window.";
            case DUPLICATE -> "The same content had come to this user within the window against duplicates.";
            case QUIET_HOURS -> "It was night for the user, for longer than it is valid.";
            case SUPERSEDED -> "A newer one with the same collapse key took its place.";
            case DIGESTED -> "It is told in a digest, together with others.";
            case CANCELLED -> "Whoever sent it took it back.";
            case STOPPED -> "An operator stopped it, and discarded what was held.";
            case SANDBOXED -> "It is a test, and the user is not on the list of those who may get tests.";
            case RECEIVED -> "A device proved that it had received it before the push was due.";
            case SEEN -> "The user had listed it before the push was due.";
            case READ -> "The user had opened it before the push was due.";
            case ARCHIVED -> "The user had put it into the archive before the push was due.";
            case SNOOZED -> "The user wanted it later; it is pushed when it returns.";
            case RECALLED -> "Whoever sent it took it out of the inbox.";
            case EXPIRED -> "It had become too old before it could be delivered.";
        };
    }

    public static String of(Verdict.DeferralReason reason) {
        return switch (reason) {
            case QUIET_HOURS -> "It is night for the user: the push waits for the end of their quiet hours.";
            case THROTTLED -> "Too many had come lately: the push waits for a window with room.";
        };
    }

    /// The sentence for a label as the database keeps it; the label itself where it is none.
    public static String ofLabel(String label) {
        try {
            return of(SuppressionReason.valueOf(label.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            return label.replace('_', ' ');
        }
    }

    public static String ofDeferral(String label) {
        try {
            return of(Verdict.DeferralReason.valueOf(label.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            return label.replace('_', ' ');
        }
    }
}
