package io.belfry.core.trace;

import io.belfry.core.event.EventId;
import java.time.Instant;
import java.util.UUID;

/// One line of a list of notifications.
///
/// @param received whether any device of the user proved to have it
public record NotificationLine(
        UUID id,
        UUID eventId,
        String userId,
        String type,
        String category,
        String title,
        boolean read,
        boolean received,
        String push) {
    public Instant acceptedAt() {
        return EventId.acceptedAt(id);
    }
}
