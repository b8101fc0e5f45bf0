package io.belfry.core.signal;

import io.belfry.core.event.Priority;
import java.util.Optional;

/// What nodes tell one another.
public enum Signal {
    /// Events wait in a lane of this priority.
    EVENTS_CRITICAL,
    EVENTS_HIGH,
    EVENTS_NORMAL,
    EVENTS_BULK,
    /// A push timer became due earlier than it was.
    PUSH_DUE,
    /// An event is to be edited or recalled.
    AMENDMENTS,
    /// A broadcast was started, paused, resumed or cancelled.
    BROADCASTS,
    /// An emergency stop was set or ended.
    STOPS_CHANGED,
    /// Templates, categories or event types changed.
    CONTENT_CHANGED,
    /// An API key was made or revoked.
    ACCESS_CHANGED;

    private static final Signal[] ALL = values();

    public static Signal eventsOf(Priority priority) {
        return ALL[priority.code()];
    }

    static Optional<Signal> ofName(String name) {
        for (Signal signal : ALL) {
            if (signal.name().equals(name)) {
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }
}
