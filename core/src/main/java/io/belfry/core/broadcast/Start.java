package io.belfry.core.broadcast;

import java.time.Instant;
import java.util.Optional;

/// What came of starting a draft. All but [Started] and [Scheduled] changed nothing.
public sealed interface Start {
    /// By how many percent an audience may have grown since the operator confirmed its size, and by how many people in
    /// any case: people sign up all the time.
    int ALLOWED_GROWTH_PERCENT = 10;

    int ALLOWED_GROWTH_PEOPLE = 10;

    /// @param people in the audience
    record Started(long people) implements Start {}

    /// It starts by itself then; its audience is fixed when it does.
    ///
    /// @param people in the audience now
    record Scheduled(Instant at, long people) implements Start {}

    /// It would reach so many that a second operator has to approve it, and none did: not what it is now, or not for as
    /// many.
    ///
    /// @param above what needs no approval
    record Unapproved(long people, long above) implements Start {}

    /// The draft is not the one that was reviewed.
    record Changed(int revision) implements Start {}

    /// It would reach many more people than was confirmed.
    record Grown(long people) implements Start {}

    /// It would reach nobody.
    record Nobody() implements Start {}

    /// It would not be valid any more.
    record Expired(Instant validUntil) implements Start {}

    /// It was started before.
    record NotDraft(BroadcastState state) implements Start {}

    record Unknown() implements Start {}

    /// What decides whether a draft may start.
    ///
    /// @param people in its audience now
    record Draft(Optional<Instant> validUntil, long people) {}

    /// Why a draft may not start, if so.
    static Optional<Start> refusal(Draft draft, long confirmed, Instant now) {
        if (draft.people() == 0) {
            return Optional.of(new Nobody());
        }
        Optional<Instant> past = draft.validUntil().filter(until -> !until.isAfter(now));
        if (past.isPresent()) {
            return past.map(Expired::new);
        }
        return draft.people() > allowed(confirmed) ? Optional.of(new Grown(draft.people())) : Optional.empty();
    }

    /// How many people an audience may have when so many were confirmed.
    static long allowed(long confirmed) {
        return confirmed + Math.max(ALLOWED_GROWTH_PEOPLE, confirmed * ALLOWED_GROWTH_PERCENT / 100);
    }
}
