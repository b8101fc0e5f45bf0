package io.belfry.core.inbox;

import io.belfry.core.decision.Decision;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One notification about to be written.
///
/// @param decision what becomes of it; its verdict on the inbox says whether it is listed there
/// @param expires when nobody wants it any more
/// @param collapseKey a newer one with the same key takes its place
public record NewNotification(
        UUID id,
        String userId,
        UUID eventId,
        String type,
        String category,
        Priority priority,
        String title,
        String body,
        String link,
        Decision decision,
        Optional<Instant> expires,
        Optional<String> collapseKey) {
    /// One that is wanted for as long as it is kept, beside all others.
    public NewNotification(
            UUID id,
            String userId,
            UUID eventId,
            String type,
            String category,
            Priority priority,
            String title,
            String body,
            String link,
            Decision decision) {
        this(
                id,
                userId,
                eventId,
                type,
                category,
                priority,
                title,
                body,
                link,
                decision,
                Optional.empty(),
                Optional.empty());
    }
}
