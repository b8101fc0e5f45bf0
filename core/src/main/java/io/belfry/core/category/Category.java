package io.belfry.core.category;

import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What users mute, and the defaults of the notifications in it.
///
/// @param priority of events that name none
/// @param mandatory cannot be muted
/// @param push whether its notifications may be pushed at all
/// @param pushUnless which proof on any device makes the push needless
/// @param pushDelay how long to wait for that proof
/// @param optIn media that are off for users who did not choose
/// @param throttle of events that bring none of their own
/// @param dedupe within which the same content for the same user is a duplicate, unless the event says otherwise
public record Category(
        String id,
        String name,
        String description,
        Priority priority,
        boolean mandatory,
        boolean push,
        PushUnless pushUnless,
        Duration pushDelay,
        Set<Medium> optIn,
        Optional<Throttle> throttle,
        Optional<Duration> dedupe) {
    public Category {
        // In one order everywhere: consoles compare categories as text.
        optIn = optIn.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(optIn));
    }

    /// One with every medium on, and no limits.
    public Category(
            String id,
            String name,
            String description,
            Priority priority,
            boolean mandatory,
            boolean push,
            PushUnless pushUnless,
            Duration pushDelay) {
        this(
                id,
                name,
                description,
                priority,
                mandatory,
                push,
                pushUnless,
                pushDelay,
                Set.of(),
                Optional.empty(),
                Optional.empty());
    }
}
