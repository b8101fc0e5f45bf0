package io.belfry.core.decision;

import io.belfry.core.category.Category;
import io.belfry.core.event.Priority;
import java.time.Duration;

/// Decides, for one recipient and one medium, whether and when it is used. Pure.
public final class Decisions {
    /// A critical notification waits no longer than this for proof of receipt, whatever its category says.
    public static final Duration CRITICAL_DELAY = Duration.ofSeconds(3);

    private Decisions() {}

    /// @param devices how many devices the recipient has registered
    public static PushDecision push(Category category, Priority priority, int devices) {
        if (!category.push()) {
            return new PushDecision.Suppressed(SuppressionReason.CATEGORY_NOT_PUSHED);
        }
        if (devices == 0) {
            return new PushDecision.Suppressed(SuppressionReason.NO_DEVICE);
        }
        return new PushDecision.Planned(delay(category, priority));
    }

    private static Duration delay(Category category, Priority priority) {
        boolean tooLong = category.pushDelay().compareTo(CRITICAL_DELAY) > 0;
        return priority == Priority.CRITICAL && tooLong ? CRITICAL_DELAY : category.pushDelay();
    }
}
