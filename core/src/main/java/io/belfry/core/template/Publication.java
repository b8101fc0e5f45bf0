package io.belfry.core.template;

import java.time.Instant;
import java.util.Optional;

/// A time during which a version was in use.
///
/// @param author who put it in use
/// @param note why
/// @param until empty while it lasts
public record Publication(
        String type, int version, String author, String note, Instant since, Optional<Instant> until) {}
