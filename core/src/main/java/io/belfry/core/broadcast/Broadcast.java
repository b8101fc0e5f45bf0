package io.belfry.core.broadcast;

import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// A broadcast and how far it has come.
///
/// @param revision grows with each change of a draft
/// @param testOf the draft that this tried on a few people
/// @param startedBy the operator who sent it
/// @param audienceSize people in the audience when it started
/// @param wavesDone of `waves`
/// @param push the state of the push job: off, waiting, sending, done
public record Broadcast(
        UUID id,
        BroadcastState state,
        Audience audience,
        Map<String, Content> contents,
        String category,
        Priority priority,
        String createdBy,
        Instant createdAt,
        int revision,
        Instant updatedAt,
        Optional<UUID> testOf,
        Optional<String> startedBy,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<Instant> validUntil,
        OptionalLong audienceSize,
        int waves,
        int wavesDone,
        PushProgress push) {

    /// Whether something of it may still go out by itself: a wave or a push.
    public boolean isUnderWay() {
        return state == BroadcastState.SENDING || state == BroadcastState.SENT && push.isOpen();
    }

    /// Counts of devices.
    ///
    /// @param total devices looked at so far
    /// @param skipped of them, those that had received it live
    public record PushProgress(String state, long total, long accepted, long failed, long skipped) {
        public boolean isOn() {
            return !state.equals("off");
        }

        /// Whether pushes are still to come.
        public boolean isOpen() {
            return state.equals("waiting") || state.equals("sending");
        }
    }
}
