package io.belfry.core.broadcast;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// How far the recall of a broadcast has come. No inbox lists it from the beginning on; pushes take a while.
///
/// @param by who asked for it
/// @param finishedAt empty while pushes are still to be withdrawn
/// @param pushes that phones may have, as far as it has looked
/// @param withdrawn of them, those of which the phone was told, or cannot be
public record RecallReport(
        UUID broadcast, String by, Instant requestedAt, Optional<Instant> finishedAt, long pushes, long withdrawn) {}
