package io.belfry.core.inbox;

/// One publication of the channel `inbox`: what changed, at which offset.
///
/// @param data JSON, UTF-8, without raw newlines
public record InboxChange(long offset, byte[] data) {}
