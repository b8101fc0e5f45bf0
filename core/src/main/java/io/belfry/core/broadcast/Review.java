package io.belfry.core.broadcast;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Somebody's request to approve a draft, and what came of it.
///
/// @param hash of what is to be approved
/// @param people whom it would have reached
/// @param decision empty while nobody has decided
public record Review(
        UUID id, ReviewHash hash, long people, String askedBy, Instant askedAt, Optional<Decision> decision) {

    /// @param remark for the author; may be empty
    public record Decision(Verdict verdict, String by, Instant at, String remark) {}

    /// What an approver says.
    public enum Verdict {
        APPROVED,
        RETURNED
    }

    public boolean isOpen() {
        return decision.isEmpty();
    }

    public boolean isApproved() {
        return decision.filter(d -> d.verdict == Verdict.APPROVED).isPresent();
    }

    /// Whether it covers an audience of that size: people sign up all the time, but not as many.
    public boolean covers(long audience) {
        return audience <= Start.allowed(people);
    }
}
