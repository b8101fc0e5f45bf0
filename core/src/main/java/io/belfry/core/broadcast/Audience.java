package io.belfry.core.broadcast;

import java.util.List;
import java.util.Optional;

/// Whom a broadcast addresses. Who belongs to it is found when it starts, and stays so, but for everyone.
public sealed interface Audience {
    record Everyone() implements Audience {}

    /// The followers of a topic.
    record Topic(String topic) implements Audience {}

    /// The users who fit the rule of a segment.
    ///
    /// @param segment its id
    record Segment(String segment) implements Audience {}

    record Users(List<String> users) implements Audience {}

    /// The topic that it goes to, which users may have muted.
    default Optional<String> topicName() {
        return this instanceof Topic(String topic) ? Optional.of(topic) : Optional.empty();
    }
}
