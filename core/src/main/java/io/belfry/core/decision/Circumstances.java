package io.belfry.core.decision;

import io.belfry.core.category.Category;
import io.belfry.core.event.Priority;
import io.belfry.core.preference.Preferences;
import io.belfry.core.sandbox.Sandbox;
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
        /// Those who are on the list for tests.
        SANDBOX,
        /// Nobody: an operator stopped it, and discarded what was held.
        STOPPED;

        /// Whom an event may reach that was not stopped.
        ///
        /// @param isTest whether it was sent with a key that is marked test
        public static Passage of(Sandbox sandbox, boolean isTest) {
            return isTest || sandbox.holdsEverything() ? SANDBOX : FREE;
        }
    }

    /// What it needs to know of the recipient.
    ///
    /// @param zone in which the user's clock runs
    /// @param devices how many can be pushed to
    /// @param mayGetTests whether the user is on the list for tests
    public record Person(Preferences preferences, ZoneId zone, int devices, boolean mayGetTests) {}

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
