package io.belfry.core.inbox;

import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
/// @param createdAt when its event was accepted, or delivered if that was put off
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
        Optional<String> collapseKey,
        Instant createdAt) {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

    /// One whose event was delivered when it was to be.
    public InboxItem(
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
        this(
                id,
                offset,
                changedOffset,
                type,
                category,
                priority,
                title,
                body,
                link,
                data,
                state,
                isSilent,
                collapseKey,
                EventId.acceptedAt(id));
    }

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

    /// The identifier is of the time for which it was planned; an event that a person let go earlier comes before that.
    ///
    /// @param written when the notification was
    public static Instant createdAt(UUID id, Instant written) {
        Instant planned = EventId.acceptedAt(id);
        return written.plus(CLOCKS_DIFFER).isBefore(planned) ? written.truncatedTo(ChronoUnit.MILLIS) : planned;
    }
}
