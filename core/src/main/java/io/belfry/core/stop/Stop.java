package io.belfry.core.stop;

import java.time.Instant;

/// An emergency stop that is in force.
///
/// @param by who stopped it
/// @param reason why, for people; may be empty
public record Stop(StopTarget target, Instant since, String by, String reason) {}
