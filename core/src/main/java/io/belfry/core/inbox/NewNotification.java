package io.belfry.core.inbox;

import io.belfry.core.event.Priority;
import java.util.OptionalInt;
import java.util.UUID;

/// One notification about to be written.
///
/// @param push what was decided for the push medium, as stored with the notification
/// @param pushDelayMillis when push may be needed: after how long without proof of receipt; empty for no push
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
        String push,
        OptionalInt pushDelayMillis) {}
