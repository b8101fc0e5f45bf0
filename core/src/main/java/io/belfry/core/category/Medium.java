package io.belfry.core.category;

import java.util.Locale;
import java.util.Optional;

/// A way in which a notification reaches a person.
public enum Medium {
    /// An entry in the user's log of notifications: what the other media announce. Without it there is none of them.
    INBOX,
    /// Shown at once on the devices that are connected. Without it the entry still arrives there, marked as silent, so
    /// that lists and counts agree.
    LIVE,
    /// A mobile push, where no receipt came.
    PUSH;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Medium> ofLabel(String label) {
        for (Medium medium : values()) {
            if (medium.label().equals(label)) {
                return Optional.of(medium);
            }
        }
        return Optional.empty();
    }
}
