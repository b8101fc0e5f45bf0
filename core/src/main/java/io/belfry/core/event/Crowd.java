package io.belfry.core.event;

import java.util.List;

/// People whom an event reaches without naming them, beside the followers of its topic.
///
/// @param segments whose users are recipients
/// @param everyone whether all users are
public record Crowd(List<String> segments, boolean everyone) {
    /// Of an event that names all of its recipients, or a topic.
    public static final Crowd NONE = new Crowd(List.of(), false);

    public boolean isNone() {
        return segments.isEmpty() && !everyone;
    }
}
