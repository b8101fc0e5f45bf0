package io.belfry.core.audience;

import io.belfry.core.event.Crowd;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whom an event addresses, as it says.
///
/// @param users named one by one, some perhaps twice
/// @param topic whose followers are recipients too
/// @param crowd who are recipients too
/// @param actor who caused it and is never told of it, whoever else names them
public record Addressees(List<String> users, Optional<String> topic, Crowd crowd, Optional<String> actor) {
    /// Those who are named, each once, and not the actor.
    Set<String> named() {
        var named = new LinkedHashSet<>(users);
        actor.ifPresent(named::remove);
        return named;
    }

    /// Whether there may be more than are named.
    boolean isOpen() {
        return topic.isPresent() || !crowd.isNone();
    }
}
