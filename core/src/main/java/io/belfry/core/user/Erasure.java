package io.belfry.core.user;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The erasure of one user. Their inbox, devices and all that is kept under their id went when it began; what is in the
/// events of the past goes by and by.
///
/// @param pseudonym what stands for the person in what has to stay: other people's events, the audit log
/// @param finishedAt when the last trace was gone
/// @param events in how many the person was, so far
public record Erasure(UUID id, String pseudonym, Instant requestedAt, Optional<Instant> finishedAt, long events) {}
