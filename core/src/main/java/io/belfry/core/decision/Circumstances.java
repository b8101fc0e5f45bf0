package io.belfry.core.decision;

import io.belfry.core.category.Category;
import io.belfry.core.event.Priority;
import io.belfry.core.preference.Preferences;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// All that a decision depends on.
///
/// @param recent what this user got lately, as far as the event or its category asks
public record Circumstances(Subject subject, Category category, Person person, Recent recent, Instant now) {
    /// What the decision needs to know of the event.
    ///
    /// @param expires when nobody wants it any more
    ///
    /// @param passage whether it may reach anybody at all
    public record Subject(Priority priority, Optional<String> topic, Optional<Instant> expires, Passage passage) {
        public Subject(Priority priority, Optional<String> topic, Optional<Instant> expires) {
            this(priority, topic, expires, Passage.FREE);
        }
    }

    /// Whom an event may reach, whatever they chose.
    public enum Passage {
        /// All whom it addresses.
        FREE,
        /// Nobody: an operator stopped it, and discarded what was held.
        STOPPED
    }

    /// What it needs to know of the recipient.
    ///
    /// @param zone in which the user's clock runs
    /// @param devices how many can be pushed to
    public record Person(Preferences preferences, ZoneId zone, int devices) {}

    /// What this user got lately.
    ///
    /// @param duplicate whether it was the same content
    /// @param excess what to do, if it was as many as are allowed
    public record Recent(boolean duplicate, Excess excess) {
        public static final Recent NOTHING = new Recent(false, new Excess.None());
    }

    /// Whether there were too many.
    public sealed interface Excess {
        record None() implements Excess {}

        /// This one makes no sound.
        record Silent() implements Excess {}

        /// Its push has room in a later window.
        record Deferred(Instant until) implements Excess {}
    }
}
