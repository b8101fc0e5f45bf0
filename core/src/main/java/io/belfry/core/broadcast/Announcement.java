package io.belfry.core.broadcast;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A broadcast as gateways and inboxes show it.
///
/// @param isSelective whether some may not get it: [Announcements#addressed] tells who does; otherwise everyone does
public record Announcement(
        UUID id,
        Map<String, Content> contents,
        String category,
        boolean isSelective,
        Instant publishedAt,
        Optional<Instant> validUntil) {}
