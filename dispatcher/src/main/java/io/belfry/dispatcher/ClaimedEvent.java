package io.belfry.dispatcher;

import io.belfry.core.audience.Addressees;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Priority;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// An event in the hands of the one dispatcher that holds its lane.
///
/// @param lane held for as long as it is claimed
/// @param seq its place in the lane
/// @param recipients those it names
/// @param topic its followers are recipients too
/// @param expandedTo the last one that an earlier batch called out
/// @param passage whether it may reach anybody
record ClaimedEvent(
        int lane,
        long seq,
        UUID id,
        String type,
        String category,
        Priority priority,
        Optional<String> actor,
        Optional<String> topic,
        List<String> recipients,
        String data,
        EventOptions options,
        Optional<String> expandedTo,
        Circumstances.Passage passage) {
    Addressees addressees() {
        return new Addressees(recipients, topic, options.crowd(), actor);
    }
}
