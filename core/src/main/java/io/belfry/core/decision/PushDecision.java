package io.belfry.core.decision;

import java.time.Duration;

/// What was decided for the medium push, with its reason. Stored with the notification as its [#label()].
public sealed interface PushDecision {
    /// What the database and traces call it.
    String label();

    /// A push follows after the delay, unless proof of receipt comes before.
    record Planned(Duration delay) implements PushDecision {
        @Override
        public String label() {
            return "planned";
        }
    }

    record Suppressed(SuppressionReason reason) implements PushDecision {
        @Override
        public String label() {
            return reason.label();
        }
    }
}
