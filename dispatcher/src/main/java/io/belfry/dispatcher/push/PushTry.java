package io.belfry.dispatcher.push;

import io.belfry.core.event.EventId;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/// One try to push something to one device, before it is made.
///
/// @param id of its row in `push_attempts`
/// @param subject the notification, or the broadcast
/// @param number of tries to this device, this one included, `>= 1`
/// @param unclear how many of those before lost their answer, or were left behind by a dispatcher that died
/// @param expires after which nobody wants it any more
public record PushTry(
        UUID id,
        UUID subject,
        String userId,
        String deviceId,
        int number,
        int unclear,
        PushMessage message,
        Instant expires) {

    /// A new identifier. Ordered by time, as the table is partitioned.
    public static UUID newId(Clock clock) {
        return EventId.mint(clock);
    }
}
