package io.belfry.console.broadcasts;

import static io.belfry.console.broadcasts.DraftsController.PATH;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Audiences;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Review;
import io.belfry.core.broadcast.ReviewHash;
import io.belfry.core.broadcast.Reviews;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Asking for the approval of a draft, and giving or refusing it. Each form carries the hash of what was looked at.
@Controller("/console/broadcasts")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class ApprovalController {
    private static final int MAX_REMARK = 1_000;

    private final Pages pages;
    private final Broadcasts broadcasts;
    private final Audiences audiences;
    private final Reviews reviews;
    private final Checks checks;
    private final Acts acts;

    ApprovalController(
            Pages pages, Broadcasts broadcasts, Audiences audiences, Reviews reviews, Checks checks, Acts acts) {
        this.pages = pages;
        this.broadcasts = broadcasts;
        this.audiences = audiences;
        this.reviews = reviews;
        this.checks = checks;
        this.acts = acts;
    }

    @Post("/{id}/ask-approval")
    MutableHttpResponse<?> ask(UUID id, Visit visit) {
        Optional<Broadcast> draft = draft(id);
        Optional<ReviewHash> hash = hash(visit);
        if (draft.isEmpty() || hash.isEmpty()) {
            return pages.notFound(visit, "draft");
        }
        OptionalLong people = Reaches.of(audiences, draft.get().audience())
                .map(reach -> OptionalLong.of(reach.people()))
                .orElseGet(OptionalLong::empty);
        if (people.isEmpty()) {
            return back(visit, id, Flash.failed("Nothing was asked: " + Reaches.TOO_SLOW));
        }
        if (!checks.gaps(draft.get()).isEmpty()) {
            return back(visit, id, Flash.failed("Nothing was asked: something is still missing."));
        }
        Reviews.Outcome outcome =
                reviews.ask(id, hash.get(), people.getAsLong(), visit.operator().email());
        return told(
                visit,
                id,
                outcome,
                "broadcast.ask-approval",
                "A second person may approve it now. They find it among the drafts.");
    }

    @Post("/{id}/approve")
    MutableHttpResponse<?> approve(UUID id, Visit visit) {
        return decide(visit, id, Review.Verdict.APPROVED, "broadcast.approve", "You approved it. It may be sent now.");
    }

    @Post("/{id}/return")
    MutableHttpResponse<?> giveBack(UUID id, Visit visit) {
        return decide(
                visit, id, Review.Verdict.RETURNED, "broadcast.return", "It goes back to its author with your remark.");
    }

    private MutableHttpResponse<?> decide(Visit visit, UUID id, Review.Verdict verdict, String action, String said) {
        Optional<ReviewHash> hash = hash(visit);
        if (hash.isEmpty()) {
            return pages.notFound(visit, "draft");
        }
        String remark = visit.form().text("remark");
        Reviews.Outcome outcome = reviews.decide(
                id,
                hash.get(),
                verdict,
                visit.operator().email(),
                remark.substring(0, Math.min(remark.length(), MAX_REMARK)));
        return told(visit, id, outcome, action, said);
    }

    private MutableHttpResponse<?> told(Visit visit, UUID id, Reviews.Outcome outcome, String action, String said) {
        return switch (outcome) {
            case Reviews.Outcome.Done(Review review) -> {
                acts.record(
                        visit,
                        action,
                        id.toString(),
                        Map.of("hash", review.hash().brief(), "people", String.valueOf(review.people())));
                yield back(visit, id, Flash.done(said));
            }
            case Reviews.Outcome.Changed changed ->
                back(
                        visit,
                        id,
                        Flash.failed("Nothing was decided: the draft was changed since you looked. Look again."));
            case Reviews.Outcome.OwnWork own -> {
                acts.record(visit, "refused", id.toString(), Map.of("why", "approval of own work"));
                yield back(
                        visit,
                        id,
                        Flash.failed("Nothing was decided: whoever wrote at it, or asked, cannot approve it."));
            }
            case Reviews.Outcome.NotAsked notAsked ->
                back(
                        visit,
                        id,
                        Flash.failed("Nothing was decided: nobody asks for it, or somebody has decided already."));
            case Reviews.Outcome.NotDraft notDraft -> pages.notFound(visit, "draft");
        };
    }

    private MutableHttpResponse<?> back(Visit visit, UUID id, Flash flash) {
        return pages.go(visit, PATH + "/" + id + "/review", flash);
    }

    private Optional<Broadcast> draft(UUID id) {
        return broadcasts.find(id).filter(b -> b.state() == BroadcastState.DRAFT);
    }

    private static Optional<ReviewHash> hash(Visit visit) {
        try {
            return Optional.of(new ReviewHash(visit.form().text("hash")));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
