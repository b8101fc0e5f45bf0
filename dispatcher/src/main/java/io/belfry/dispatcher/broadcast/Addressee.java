package io.belfry.dispatcher.broadcast;

import io.belfry.core.category.PushUnless;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.device.Platform;
import java.util.Optional;

/// A device of somebody whom a broadcast addresses, as the database has it.
///
/// @param token null when the device is not registered any more; then there is no platform either
/// @param wave the offset at which the broadcast went to this user
/// @param received the offset that this device has proved
/// @param furthest the offset that any device of the user has proved
/// @param tries so far
/// @param unclear tries whose answer was lost, or that a dead dispatcher left behind
record Addressee(
        String userId,
        String deviceId,
        String token,
        Platform platform,
        Optional<String> locale,
        long wave,
        long received,
        long furthest,
        boolean read,
        int tries,
        int unclear,
        Outcome outcome,
        Circumstances.Person person) {

    /// What became of the tries so far.
    enum Outcome {
        OPEN,
        ACCEPTED,
        FAILED
    }

    /// Why it need not be pushed to. Announcements are read or not; nobody marks them seen. Pure.
    Optional<SuppressionReason> needless(PushUnless unless) {
        if (read) {
            return Optional.of(SuppressionReason.READ);
        }
        long proved =
                switch (unless) {
                    case RECEIVED -> furthest;
                    case SEEN, READ -> received;
                };
        return proved >= wave ? Optional.of(SuppressionReason.RECEIVED) : Optional.empty();
    }

    PushJob.Cursor place() {
        return new PushJob.Cursor(userId, deviceId);
    }
}
