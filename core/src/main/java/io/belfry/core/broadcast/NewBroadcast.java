package io.belfry.core.broadcast;

import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A broadcast to be made.
///
/// @param contents by locale (BCP 47), not empty
/// @param validUntil after which nobody gets it any more
/// @param waves into how many parts the audience is divided, 1 to 1,024
/// @param push whether devices that did not receive it live get a push
/// @param release when it leaves, and how its waves begin
/// @param createdBy the operator's e-mail address
public record NewBroadcast(
        Audience audience,
        Map<String, Content> contents,
        String category,
        Priority priority,
        Optional<Instant> validUntil,
        int waves,
        Push push,
        Release release,
        String createdBy) {

    /// One that leaves at once.
    public NewBroadcast(
            Audience audience,
            Map<String, Content> contents,
            String category,
            Priority priority,
            Optional<Instant> validUntil,
            int waves,
            Push push,
            String createdBy) {
        this(audience, contents, category, priority, validUntil, waves, push, Release.AT_ONCE, createdBy);
    }

    /// Whether a broadcast is pushed.
    public enum Push {
        ON,
        OFF
    }

    public NewBroadcast {
        if (contents.isEmpty()) {
            throw new IllegalArgumentException("contents: none (expected: at least one locale)");
        }
        if (waves < 1 || waves > 1024) {
            throw new IllegalArgumentException("waves: " + waves + " (expected: 1 to 1024)");
        }
        contents = Map.copyOf(contents);
    }
}
