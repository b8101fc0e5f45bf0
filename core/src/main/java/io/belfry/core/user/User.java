package io.belfry.core.user;

import java.time.Instant;

/// A user as Belfry knows them.
///
/// @param createdAt when they were named for the first time
/// @param updatedAt when a service last described them
public record User(UserProfile profile, Instant createdAt, Instant updatedAt) {}
