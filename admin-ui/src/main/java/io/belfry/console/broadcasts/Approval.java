package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.ReleaseSettings;
import io.belfry.core.broadcast.Review;
import io.belfry.core.broadcast.ReviewHash;
import io.belfry.core.broadcast.Reviews;
import java.util.List;
import java.util.Optional;

/// Whether a draft needs the approval of a second person, and how that stands.
///
/// @param needed for as many as it reaches now
/// @param above so many need none
/// @param hash what an approval of it is bound to
/// @param review the last one, if it is about the draft as it is; null otherwise
/// @param mayDecide whether the operator who looks may approve it
/// @param past what was decided about what it was before
record Approval(
        boolean needed,
        long above,
        ReviewHash hash,
        Review review,
        boolean mayDecide,
        List<Review> past,
        boolean covers) {

    static Approval of(Broadcast draft, long people, String operator, Reviews reviews, ReleaseSettings settings) {
        Optional<Review> current = reviews.current(draft);
        return new Approval(
                people > settings.approvalAbove(),
                settings.approvalAbove(),
                reviews.hash(draft),
                current.orElse(null),
                current.filter(r -> Reviews.mayDecide(draft, r, operator)).isPresent(),
                reviews.of(draft.id()).stream()
                        .filter(r -> !r.isOpen())
                        .filter(r -> current.filter(r::equals).isEmpty())
                        .toList(),
                current.filter(r -> r.covers(people)).isPresent());
    }

    public boolean isGiven() {
        return review != null && review.isApproved() && covers;
    }

    public boolean isOpen() {
        return review != null && review.isOpen();
    }

    public boolean isReturned() {
        return review != null && !review.isOpen() && !review.isApproved();
    }

    /// Approved, but for fewer people than it reaches now.
    public boolean isOutgrown() {
        return review != null && review.isApproved() && !covers;
    }

    public boolean lets() {
        return !needed || isGiven();
    }
}
