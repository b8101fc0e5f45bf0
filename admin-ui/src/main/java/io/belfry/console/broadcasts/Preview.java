package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Broadcast;
import java.util.List;

/// How a broadcast will look.
///
/// @param all its languages, of which one is shown
/// @param push whether phones will show it
record Preview(Words words, List<Words> all, boolean push) {
    static Preview of(Composition typed, String shown, String fallback) {
        return of(typed.words(), shown, fallback, typed.push());
    }

    static Preview of(Broadcast broadcast, String shown, String fallback) {
        return of(
                Words.of(broadcast.contents(), fallback),
                shown,
                fallback,
                broadcast.push().isOn());
    }

    private static Preview of(List<Words> all, String shown, String fallback, boolean push) {
        Words words = all.stream()
                .filter(w -> w.locale().equals(shown))
                .findFirst()
                .orElseGet(() -> all.isEmpty() ? Words.blank(fallback) : all.getFirst());
        return new Preview(words, all, push);
    }
}
