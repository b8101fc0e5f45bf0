package io.belfry.core.trace;

import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// An event as it was accepted, and what one user has to do with it.
///
/// @param data as JSON text
/// @param place in the lanes, while it waits there or a stop holds it
/// @param tie of the user to it, as far as that can be told now
public record AcceptedEvent(
        UUID id,
        String type,
        String category,
        Priority priority,
        Optional<String> topic,
        Optional<String> actor,
        EventOptions options,
        String data,
        Instant acceptedAt,
        Optional<Instant> cancelledAt,
        OptionalLong place,
        Tie tie) {

    /// Why a user is among the recipients of an event, or not.
    public enum Tie {
        /// They caused it, and are never told of it.
        ACTOR,
        /// It names them.
        NAMED,
        /// They follow its topic now.
        FOLLOWER,
        /// It goes to a segment or to everyone, so they may be among its recipients.
        CROWD,
        /// Nothing makes them one of its recipients.
        NONE
    }
}
