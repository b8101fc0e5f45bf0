package io.belfry.core.broadcast;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A broadcast as gateways and inboxes show it.
///
/// @param snapshotAudience whether only users in `broadcast_audience` get it; otherwise everyone
public record Announcement(
        UUID id,
        Map<String, Content> contents,
        String category,
        boolean snapshotAudience,
        Instant publishedAt,
        Optional<Instant> validUntil) {}
