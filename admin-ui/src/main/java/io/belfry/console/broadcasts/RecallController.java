package io.belfry.console.broadcasts;

import static io.belfry.console.broadcasts.DraftsController.PATH;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Recall;
import io.belfry.core.broadcast.Recalls;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Takes back a broadcast that went out, after a question that says what that touches.
@Controller("/console/broadcasts/{id}/recall")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class RecallController {
    private final Pages pages;
    private final Broadcasts broadcasts;
    private final Recalls recalls;
    private final Watch watch;
    private final Checks checks;
    private final Acts acts;

    RecallController(Pages pages, Broadcasts broadcasts, Recalls recalls, Watch watch, Checks checks, Acts acts) {
        this.pages = pages;
        this.broadcasts = broadcasts;
        this.recalls = recalls;
        this.watch = watch;
        this.checks = checks;
        this.acts = acts;
    }

    @Get
    MutableHttpResponse<?> ask(UUID id, Visit visit) {
        return broadcasts
                .find(id)
                .filter(b -> Sight.of(b, checks.fallback()).mayRecall())
                .<MutableHttpResponse<?>>map(b -> pages.ask(visit, "broadcasts", question(b)))
                .orElseGet(() -> pages.notFound(visit, "broadcast that went out"));
    }

    private Question question(Broadcast broadcast) {
        Progress progress = watch.progress(broadcast, checks.fallback());
        var says = new ArrayList<String>();
        says.add("It disappears from the inboxes of about "
                + Sight.people(progress.sight().addressed())
                + progress.receivers()
                        .map(devices -> "; " + Sight.devices(devices) + " proved to have it.")
                        .orElse("."));
        says.add("Devices that are connected take it away at once, the others when they come back.");
        if (broadcast.isUnderWay() || progress.sight().mayResume()) {
            says.add("What was not yet sent will never be sent.");
        }
        if (broadcast.push().accepted() > 0) {
            says.add(Sight.number(broadcast.push().accepted())
                    + (broadcast.push().accepted() == 1 ? " push is" : " pushes are")
                    + " taken from phones by a silent message, as far as the phone obeys.");
        }
        says.add("Whoever read it has read it, and this is for good.");
        return Question.danger(
                "Recall “" + progress.sight().title() + "”?",
                List.copyOf(says),
                PATH + "/" + broadcast.id() + "/recall",
                "Recall the broadcast",
                PATH + "/" + broadcast.id());
    }

    @Post
    MutableHttpResponse<?> recall(UUID id, Visit visit) {
        return switch (recalls.recall(id, visit.operator().email())) {
            case Recall.Begun _ -> {
                acts.record(visit, "broadcast.recall", id.toString(), Map.of());
                yield go(visit, id, Flash.done("It is recalled: no inbox has it any more."));
            }
            case Recall.Repeated _ ->
                go(visit, id, Flash.failed("Nothing changed: the broadcast was recalled before."));
            case Recall.NothingOut(var state) ->
                go(visit, id, Flash.failed("Nothing changed: nothing of it went out, it is " + state.label() + "."));
            case Recall.Unknown() -> pages.notFound(visit, "broadcast");
        };
    }

    private MutableHttpResponse<?> go(Visit visit, UUID id, Flash flash) {
        return pages.go(visit, PATH + "/" + id, flash);
    }
}
