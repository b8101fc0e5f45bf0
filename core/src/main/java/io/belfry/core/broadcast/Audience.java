package io.belfry.core.broadcast;

import java.util.List;

/// Whom a broadcast addresses.
public sealed interface Audience {
    record Everyone() implements Audience {}

    /// The followers of a topic at the time of the start.
    record Topic(String topic) implements Audience {}

    record Users(List<String> users) implements Audience {}
}
