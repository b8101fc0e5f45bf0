package io.belfry.console.stops;

import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.stop.Held;
import io.belfry.core.stop.Stop;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The emergency stop: one press halts push, bulk or a category everywhere. What was held is released or discarded,
/// which asks once and says how much it is.
@Controller("/console/stops")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class StopsController {
    private static final String PATH = "/console/stops";
    private static final String VIEW = "stops/page";
    private static final int MAX_REASON = 500;

    private final Pages pages;
    private final Stops stops;
    private final Categories categories;

    StopsController(Pages pages, Stops stops, Categories categories) {
        this.pages = pages;
        this.stops = stops;
        this.categories = categories;
    }

    /// What may be stopped.
    record Choice(String label, String name, String says) {}

    /// A stop that holds.
    record Line(Stop stop, String name, String held) {}

    /// @param target as chosen
    /// @param problem why nothing was stopped, or null
    record StopsModel(List<Line> lines, List<Choice> choices, String target, String reason, String problem) {}

    @Get
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(visit, VIEW, model("", "", null));
    }

    private StopsModel model(String target, String reason, String problem) {
        List<Stop> inForce = stops.list();
        List<Line> lines = inForce.stream()
                .map(stop -> new Line(stop, name(stop.target()), sentence(stops.held(stop.target()))))
                .toList();
        List<Choice> free = choices().stream()
                .filter(choice ->
                        inForce.stream().noneMatch(stop -> stop.target().label().equals(choice.label)))
                .toList();
        return new StopsModel(lines, free, target, reason, problem);
    }

    private List<Choice> choices() {
        var choices = new ArrayList<Choice>();
        choices.add(new Choice(
                new StopTarget.Push().label(),
                "Push",
                "No push leaves, of notifications and of broadcasts. Inboxes and sockets go on."));
        choices.add(new Choice(
                new StopTarget.Bulk().label(),
                "Bulk",
                "Everything of priority bulk: events, broadcasts, and their pushes."));
        for (Category category : categories.list()) {
            choices.add(new Choice(
                    new StopTarget.Category(category.id()).label(),
                    "Category: " + category.name(),
                    "Everything of this category: events, broadcasts, and their pushes."));
        }
        return choices;
    }

    private String name(StopTarget target) {
        return switch (target) {
            case StopTarget.Push() -> "Push";
            case StopTarget.Bulk() -> "Bulk";
            case StopTarget.Category(String id) ->
                "Category: " + categories.find(id).map(Category::name).orElse(id);
        };
    }

    private static String sentence(Held held) {
        return (held.isExact() ? "" : "at least ") + count(held.events(), "event", "events") + ", "
                + count(held.pushes(), "push", "pushes") + " and "
                + count(held.broadcasts(), "broadcast", "broadcasts");
    }

    private static String count(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    @Post
    MutableHttpResponse<?> stop(Visit visit) {
        String label = visit.form().text("target");
        String reason = visit.form().text("reason");
        Optional<Choice> choice =
                choices().stream().filter(c -> c.label.equals(label)).findFirst();
        if (choice.isEmpty()) {
            return pages.refuse(visit, VIEW, model(label, reason, "Choose what to stop."));
        }
        if (reason.length() > MAX_REASON) {
            return pages.refuse(
                    visit,
                    VIEW,
                    model(
                            label,
                            reason,
                            "Nothing was stopped: the reason has " + reason.length() + " characters (expected: at most "
                                    + MAX_REASON + ")."));
        }
        boolean done = stops.stop(StopTarget.ofLabel(label).orElseThrow(), reason, origin(visit));
        return pages.go(
                visit,
                PATH,
                done
                        ? Flash.done(choice.get().name + " is stopped. No node sends any of it after two seconds.")
                        : Flash.failed("It was stopped before; nothing changed."));
    }

    @Get("/release")
    MutableHttpResponse<?> askRelease(@QueryValue String target, Visit visit) {
        return ask(
                visit,
                target,
                stop -> Question.plain(
                        "Release: " + name(stop.target()) + "?",
                        List.of(
                                "What is held goes out now, in the order in which it was accepted: "
                                        + sentence(stops.held(stop.target())) + ".",
                                "What has become too old meanwhile is not sent."),
                        address("release", target),
                        "Release",
                        PATH));
    }

    @Post("/release")
    MutableHttpResponse<?> release(@QueryValue String target, Visit visit) {
        boolean done = StopTarget.ofLabel(target)
                .filter(t -> stops.release(t, origin(visit)))
                .isPresent();
        return ended(visit, done, "It is released: what was held goes out.");
    }

    @Get("/discard")
    MutableHttpResponse<?> askDiscard(@QueryValue String target, Visit visit) {
        return ask(
                visit,
                target,
                stop -> Question.danger(
                        "Discard what is held: " + name(stop.target()) + "?",
                        List.of(
                                "The stop ends, and what it holds reaches nobody: "
                                        + sentence(stops.held(stop.target())) + ".",
                                "The trace of each notification says that it was stopped. It cannot be brought back."),
                        address("discard", target),
                        "Discard it",
                        PATH));
    }

    @Post("/discard")
    MutableHttpResponse<?> discard(@QueryValue String target, Visit visit) {
        boolean done = StopTarget.ofLabel(target)
                .filter(t -> stops.discard(t, origin(visit)))
                .isPresent();
        return ended(visit, done, "The stop has ended; what it held is discarded.");
    }

    private interface Asking {
        Question about(Stop stop);
    }

    private MutableHttpResponse<?> ask(Visit visit, String target, Asking asking) {
        return StopTarget.ofLabel(target)
                .flatMap(stops::find)
                .<MutableHttpResponse<?>>map(stop -> pages.ask(visit, "stops", asking.about(stop)))
                .orElseGet(() -> pages.notFound(visit, "stop"));
    }

    private MutableHttpResponse<?> ended(Visit visit, boolean done, String outcome) {
        return pages.go(
                visit,
                PATH,
                done ? Flash.done(outcome) : Flash.failed("There is no such stop any more; nothing changed."));
    }

    private static String address(String act, String target) {
        return UriBuilder.of(PATH + "/" + act)
                .queryParam("target", target)
                .build()
                .toString();
    }

    private static AuditLog.Origin origin(Visit visit) {
        return new AuditLog.Origin(visit.operator().email(), visit.address());
    }
}
