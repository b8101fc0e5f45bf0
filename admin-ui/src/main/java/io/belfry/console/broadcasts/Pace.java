package io.belfry.console.broadcasts;

import java.util.Locale;
import java.util.Optional;

/// How fast something goes, and how much longer it takes at that pace.
record Pace(double perSecond, double seconds, String what) {
    static Optional<Pace> of(double perSecond, double rest, String what) {
        return perSecond <= 0 ? Optional.empty() : Optional.of(new Pace(perSecond, rest / perSecond, what));
    }

    public String rate() {
        return perSecond < 10
                ? String.format(Locale.ENGLISH, "%.1f %s a second", perSecond, what)
                : Sight.number(Math.round(perSecond)) + " " + what + " a second";
    }

    public String left() {
        long minutes = Math.round(seconds / 60);
        if (seconds < 60) {
            return seconds < 1 ? "almost done" : "about " + Math.max(1, Math.round(seconds)) + " s left";
        }
        return minutes < 120 ? "about " + minutes + " min left" : "about " + Math.round(minutes / 60.0) + " hours left";
    }
}
