package io.belfry.core.category;

import io.belfry.core.event.Priority;
import java.time.Duration;

/// What users mute, and the defaults of the notifications in it.
///
/// @param priority of events that name none
/// @param mandatory cannot be muted
/// @param push whether its notifications may be pushed at all
/// @param pushUnless which proof on any device makes the push needless
/// @param pushDelay how long to wait for that proof
public record Category(
        String id,
        String name,
        String description,
        Priority priority,
        boolean mandatory,
        boolean push,
        PushUnless pushUnless,
        Duration pushDelay) {}
