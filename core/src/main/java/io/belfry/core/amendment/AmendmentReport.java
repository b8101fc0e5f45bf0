package io.belfry.core.amendment;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// How far an edit or a recall of an event has come.
///
/// @param kind `edit` or `recall`
/// @param changed notifications
/// @param pushesCancelled that waited and are not sent
/// @param pushesCorrected that were sent, and are replaced or taken from the phone, as far as it obeys
public record AmendmentReport(
        UUID id,
        UUID event,
        String kind,
        String requestedBy,
        Instant requestedAt,
        Optional<Instant> finishedAt,
        long changed,
        long pushesCancelled,
        long pushesCorrected) {}
