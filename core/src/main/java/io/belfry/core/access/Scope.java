package io.belfry.core.access;

import java.util.Locale;
import java.util.Optional;

/// What an API key may do.
public enum Scope {
    /// POST events.
    EVENTS_WRITE,
    /// Read events and traces.
    EVENTS_READ,
    /// Manage users, their devices and what they follow.
    USERS_WRITE,
    /// Manage segments, and see who is in them.
    SEGMENTS_WRITE,
    /// Send events to everyone, with a key that may send events.
    EVENTS_EVERYONE,
    /// Set and end emergency stops.
    STOPS_WRITE,
    /// See what failed and what waits, of all services, and do something about it.
    OPERATIONS_WRITE;

    /// The name in the API, such as `events:write`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ':');
    }

    public static Optional<Scope> ofLabel(String label) {
        for (Scope scope : values()) {
            if (scope.label().equals(label)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }
}
