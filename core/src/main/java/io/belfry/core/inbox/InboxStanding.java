package io.belfry.core.inbox;

/// Where an inbox stands.
///
/// @param epoch the generation in which the position counts, as [InboxEpoch] writes it
public record InboxStanding(String epoch, InboxPosition position) {}
