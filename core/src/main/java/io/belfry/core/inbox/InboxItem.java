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
        State state,
        boolean isSilent,
        Optional<String> collapseKey) {

    /// What its recipient did with it, and what its sender did later.
    ///
    /// @param seen listed, or read
    /// @param snoozedUntil when it returns to the list; it is not there until then
    public record State(
            boolean read,
            boolean seen,
            boolean archived,
            Optional<Instant> snoozedUntil,
            boolean acknowledged,
            boolean edited) {
        public static final State NEW = new State(false, false, false, Optional.empty(), false, false);
    }

    public Instant createdAt() {
        return EventId.acceptedAt(id);
    }
}
