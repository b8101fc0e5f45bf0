package io.belfry.core.broadcast;

import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/// A broadcast and how far it has come.
///
/// @param revision grows with each change of a draft
/// @param testOf the draft that this tried on a few people
/// @param startedBy the operator who sent it
/// @param audienceSize people in the audience when it started
/// @param wavesDone of `waves`
/// @param nextWaveAt not before; empty for at once
/// @param authors who wrote at it, since it was made
/// @param approvedBy who approved what was let go; empty where nobody had to
/// @param held why it was not sent when its time had come
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
        Optional<Instant> nextWaveAt,
        Release release,
        Set<String> authors,
        Optional<String> approvedBy,
        Optional<String> held,
        PushProgress push) {

    /// Whether something of it may still go out by itself: a wave or a push.
    public boolean isUnderWay() {
        return state == BroadcastState.SENDING || state == BroadcastState.SENT && push.isOpen();
    }

    /// How many people the waves that are out address, to within the evenness of their buckets.
    public long addressed() {
        return Math.round(audienceSize.orElse(0) * release.share(wavesDone, waves));
    }

    /// Whether nothing of it left yet although it was let go.
    public boolean isUndoable() {
        return state == BroadcastState.SCHEDULED
                || (state == BroadcastState.SENDING || state == BroadcastState.PAUSED)
                        && wavesDone == 0
                        && testOf.isEmpty();
    }

    /// Whether its first part is out and the rest waits for a person.
    public boolean isCanaryWaiting() {
        return state == BroadcastState.PAUSED
                && wavesDone == 1
                && release.canary().isPresent();
    }

    /// Counts of devices.
    ///
    /// @param total devices looked at so far
    /// @param skipped of them, those that had received it live, or whose owner does not want it
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
