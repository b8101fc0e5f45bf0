package io.belfry.core.inbox;

import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One notification as its recipient sees it.
///
/// @param offset where it was created; the place in the list
/// @param changedOffset where it was changed last
/// @param title null when the event's type has no template
/// @param data the event's JSON object, as text
/// @param isSilent whether it is to make no sound
/// @param collapseKey those before it with the same key are gone
public record InboxItem(
        UUID id,
        long offset,
        long changedOffset,
        String type,
        String category,
        Priority priority,
        String title,
        String body,
        String link,
        String data,
        boolean read,
        boolean seen,
        boolean isSilent,
        Optional<String> collapseKey) {

    public Instant createdAt() {
        return EventId.acceptedAt(id);
    }
}
