package io.belfry.console.timers;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.ReaderZone;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.timer.TimerId;
import io.belfry.core.timer.TimerOutcome;
import io.belfry.core.timer.Timers;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Lets timers go, postpones and cancels them, after a preview. What is posted names each timer, so that exactly those
/// are touched that were previewed and still wait.
@Controller("/console/timers")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class TimerActsController {
    private static final String PATH = "/console/timers";
    /// Named in the audit log.
    private static final int NAMED = 20;

    private final Pages pages;
    private final Timers timers;
    private final Acts acts;

    TimerActsController(Pages pages, Timers timers, Acts acts) {
        this.pages = pages;
        this.timers = timers;
        this.acts = acts;
    }

    private Chosen chosen(Visit visit, Optional<String> kind, Optional<String> user, Optional<String> event) {
        List<String> ticked = visit.request().getParameters().getAll("id");
        return ticked.isEmpty()
                ? Chosen.found(timers, TimerSearch.of(kind, user, event))
                : Chosen.ticked(timers, ticked);
    }

    private MutableHttpResponse<?> none(Visit visit) {
        return pages.go(visit, PATH, Flash.failed("None of these waits any more."));
    }

    @Get("/release")
    MutableHttpResponse<?> askRelease(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> event,
            Visit visit) {
        Chosen chosen = chosen(visit, kind, user, event);
        return chosen.timers().isEmpty()
                ? none(visit)
                : pages.ask(
                        visit,
                        "timers",
                        Question.plain(
                                        "Let them go now?",
                                        says(
                                                chosen,
                                                "Pushes do not wait for the end of quiet hours then, but what makes them"
                                                        + " needless still does. Snoozed notifications return, events are"
                                                        + " delivered, digests are told."),
                                        PATH + "/release",
                                        "Let them go",
                                        PATH)
                                .about(chosen.ids()));
    }

    @Post("/release")
    MutableHttpResponse<?> release(Visit visit) {
        return act(visit, "timer.release", "let go", timers::release);
    }

    @Get("/cancel")
    MutableHttpResponse<?> askCancel(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> event,
            Visit visit) {
        Chosen chosen = chosen(visit, kind, user, event);
        return chosen.timers().isEmpty()
                ? none(visit)
                : pages.ask(
                        visit,
                        "timers",
                        Question.danger(
                                        "Cancel them?",
                                        says(
                                                chosen,
                                                "Pushes are not sent, scheduled events reach nobody, and nobody is told of"
                                                        + " what is in a digest. Snoozed notifications go back to their old"
                                                        + " place. This cannot be taken back."),
                                        PATH + "/cancel",
                                        "Cancel them",
                                        PATH)
                                .about(chosen.ids()));
    }

    @Post("/cancel")
    MutableHttpResponse<?> cancel(Visit visit) {
        return act(visit, "timer.cancel", "cancelled", timers::cancel);
    }

    /// @param until as typed
    /// @param problem what was wrong with it, or null
    record PostponeModel(List<String> says, List<String> ids, String until, String problem) {}

    @Get("/postpone")
    MutableHttpResponse<?> askPostpone(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> event,
            Visit visit) {
        Chosen chosen = chosen(visit, kind, user, event);
        return chosen.timers().isEmpty()
                ? none(visit)
                : pages.show(visit, "timers/postpone", new PostponeModel(chosen.says(), chosen.ids(), "", null));
    }

    @Post("/postpone")
    MutableHttpResponse<?> postpone(Visit visit) {
        String typed = visit.form().text("until");
        Optional<Instant> until = ReaderZone.of(visit.form().text("zone")).moment(typed);
        if (until.isEmpty()) {
            Chosen chosen = Chosen.ticked(timers, visit.form().all("id"));
            return pages.refuse(
                    visit,
                    "timers/postpone",
                    new PostponeModel(chosen.says(), chosen.ids(), typed, "Until when? That is not a time."));
        }
        return act(visit, "timer.postpone", "postponed", id -> timers.postpone(id, until.get()));
    }

    private static List<String> says(Chosen chosen, String consequence) {
        var says = new ArrayList<>(chosen.says());
        says.add(consequence);
        return says;
    }

    private MutableHttpResponse<?> act(Visit visit, String action, String done, Function<TimerId, TimerOutcome> act) {
        List<TimerId> ids = visit.form().all("id").stream()
                .distinct()
                .limit(Chosen.MAX)
                .flatMap(id -> TimerId.of(id).stream())
                .toList();
        var touched = new ArrayList<String>();
        var left = new LinkedHashMap<String, Integer>();
        for (TimerId id : ids) {
            switch (act.apply(id)) {
                case TimerOutcome.Done ignored -> touched.add(id.toString());
                case TimerOutcome.InHand ignored -> left.merge("in a dispatcher's hand just now", 1, Integer::sum);
                case TimerOutcome.Missing ignored -> left.merge("gone already", 1, Integer::sum);
                case TimerOutcome.TooLate(String expected) ->
                    left.merge("not possible (" + expected + ")", 1, Integer::sum);
            }
        }
        if (!touched.isEmpty()) {
            acts.record(
                    visit,
                    action,
                    touched.size() == 1 ? touched.getFirst() : touched.size() + " timers",
                    Map.of(
                            "timers",
                            String.join(" ", touched.subList(0, Math.min(NAMED, touched.size()))),
                            "left",
                            String.valueOf(ids.size() - touched.size())));
        }
        var says = new StringBuilder(touched.size() + " " + done + ".");
        left.forEach((why, count) ->
                says.append(' ').append(count).append(' ').append(why).append('.'));
        return pages.go(visit, PATH, touched.isEmpty() ? Flash.failed(says.toString()) : Flash.done(says.toString()));
    }
}
