package io.belfry.core.timer;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Something that waits for its time.
///
/// @param dueAt when it is done at the latest, unless something makes it needless; of one in hand when that lapses
/// @param user whom it is for; empty for events, which are for several
/// @param event whose it is
/// @param reason why it was put off, as a trace tells it
/// @param isInHand whether a dispatcher is at it just now
public record PendingTimer(
        TimerId id,
        TimerKind kind,
        Instant dueAt,
        Optional<String> user,
        Optional<UUID> event,
        Optional<String> type,
        Optional<String> category,
        Optional<String> reason,
        boolean isInHand) {}
