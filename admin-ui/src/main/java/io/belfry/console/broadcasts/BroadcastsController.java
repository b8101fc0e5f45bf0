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
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.micronaut.http.HttpResponse;
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
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Broadcasts and how far they have come; pausing, resuming and cancelling them.
@Controller("/console/broadcasts")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class BroadcastsController {
    private static final int PAGE = 25;
    private static final Map<String, Set<BroadcastState>> VIEWS = Map.of(
            "drafts", Set.of(BroadcastState.DRAFT),
            "running", Set.of(BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED),
            "sent", Set.of(BroadcastState.SENT),
            "cancelled", Set.of(BroadcastState.CANCELLED, BroadcastState.RECALLED));

    private final Pages pages;
    private final Broadcasts broadcasts;
    private final Watch watch;
    private final Categories categories;
    private final Checks checks;
    private final Acts acts;
    private final Clock clock;

    BroadcastsController(
            Pages pages,
            Broadcasts broadcasts,
            Watch watch,
            Categories categories,
            Checks checks,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.broadcasts = broadcasts;
        this.watch = watch;
        this.categories = categories;
        this.checks = checks;
        this.acts = acts;
        this.clock = clock;
    }

    /// One of the ways to look at the list.
    record View(String name, String label, long count, String address, boolean current) {}

    /// @param self address of this very page
    /// @param live whether something on it moves by itself
    record ListModel(
            String text,
            String view,
            List<View> views,
            List<Sight> lines,
            String first,
            String next,
            String self,
            boolean live) {}

    @Get
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> text,
            @QueryValue Optional<String> view,
            @QueryValue Optional<UUID> before,
            Visit visit) {
        Optional<String> typed = text.map(String::strip).filter(t -> !t.isEmpty());
        String chosen = view.filter(VIEWS::containsKey).orElse("");
        List<Broadcast> found = broadcasts.search(new Broadcasts.Search(
                VIEWS.getOrDefault(chosen, Set.of()), typed, Broadcasts.Search.Tests.HIDDEN, before, PAGE + 1));
        boolean more = found.size() > PAGE;
        List<Sight> lines = found.stream()
                .limit(PAGE)
                .map(b -> Sight.of(b, checks.fallback()))
                .toList();
        ListModel model = new ListModel(
                typed.orElse(""),
                chosen,
                views(chosen, typed),
                lines,
                before.isPresent() ? address(chosen, typed, Optional.empty()) : null,
                more
                        ? address(
                                chosen,
                                typed,
                                Optional.of(lines.getLast().broadcast().id()))
                        : null,
                address(chosen, typed, before),
                lines.stream().anyMatch(line -> line.broadcast().isUnderWay()));
        return pages.show(visit, visit.wantsFragment() ? "broadcasts/list :: lines" : "broadcasts/list", model);
    }

    private List<View> views(String chosen, Optional<String> typed) {
        Map<BroadcastState, Long> totals = broadcasts.totals();
        var views = new ArrayList<View>();
        views.add(new View(
                "",
                "All",
                totals.values().stream().mapToLong(Long::longValue).sum(),
                address("", typed, Optional.empty()),
                chosen.isEmpty()));
        for (String name : List.of("drafts", "running", "sent", "cancelled")) {
            long count = VIEWS.get(name).stream()
                    .mapToLong(state -> totals.getOrDefault(state, 0L))
                    .sum();
            String label = name.equals("running")
                    ? "On their way"
                    : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
            views.add(new View(name, label, count, address(name, typed, Optional.empty()), chosen.equals(name)));
        }
        return views;
    }

    private static String address(String view, Optional<String> text, Optional<UUID> before) {
        UriBuilder address = UriBuilder.of(PATH);
        if (!view.isEmpty()) {
            address.queryParam("view", view);
        }
        text.ifPresent(t -> address.queryParam("text", t));
        before.ifPresent(b -> address.queryParam("before", b));
        return address.build().toString();
    }

    /// @param copy the id of the next copy
    record DetailModel(Progress progress, Category category, Preview preview, UUID copy, Sight testOf) {
        public Sight sight() {
            return progress.sight();
        }

        public Broadcast broadcast() {
            return progress.broadcast();
        }
    }

    @Get("/{id}")
    MutableHttpResponse<?> detail(UUID id, @QueryValue Optional<String> shown, Visit visit) {
        Optional<Broadcast> found = broadcasts.find(id);
        if (found.isEmpty()) {
            return pages.notFound(visit, "broadcast");
        }
        Broadcast broadcast = found.get();
        if (broadcast.state() == BroadcastState.DRAFT && visit.may(Role.BROADCASTER)) {
            return HttpResponse.seeOther(URI.create(PATH + "/" + id + "/edit"));
        }
        return pages.show(
                visit,
                "broadcasts/detail",
                new DetailModel(
                        watch.progress(broadcast, checks.fallback()),
                        categories.find(broadcast.category()).orElseThrow(),
                        Preview.of(broadcast, shown.orElse(""), checks.fallback()),
                        EventId.mint(clock),
                        broadcast
                                .testOf()
                                .flatMap(broadcasts::find)
                                .map(draft -> Sight.of(draft, checks.fallback()))
                                .orElse(null)));
    }

    /// The part of the page that changes, which the page asks for.
    @Get("/{id}/progress")
    MutableHttpResponse<?> progress(UUID id, Visit visit) {
        return broadcasts
                .find(id)
                .<MutableHttpResponse<?>>map(broadcast -> pages.show(
                        visit, "broadcasts/progress :: progress", watch.progress(broadcast, checks.fallback())))
                .orElseGet(() -> pages.notFound(visit, "broadcast"));
    }

    @Post("/{id}/pause")
    @Needs(Role.BROADCASTER)
    MutableHttpResponse<?> pause(UUID id, Visit visit) {
        return act(
                visit,
                id,
                "broadcast.pause",
                broadcasts.pause(id),
                "It is paused. What was sent stays; the rest waits.");
    }

    @Post("/{id}/resume")
    @Needs(Role.BROADCASTER)
    MutableHttpResponse<?> resume(UUID id, Visit visit) {
        return act(visit, id, "broadcast.resume", broadcasts.resume(id), "It goes on.");
    }

    /// Takes it back while nothing of it left.
    @Post("/{id}/undo")
    @Needs(Role.BROADCASTER)
    MutableHttpResponse<?> undo(UUID id, Visit visit) {
        boolean undone = broadcasts.undo(id);
        return act(
                visit,
                id,
                "broadcast.undo",
                undone,
                "It is a draft again. Nothing of it was sent, and nothing was lost.");
    }

    @Get("/{id}/cancel")
    @Needs(Role.BROADCASTER)
    MutableHttpResponse<?> askCancel(UUID id, Visit visit) {
        return broadcasts
                .find(id)
                .filter(b -> Sight.of(b, checks.fallback()).mayCancel())
                .<MutableHttpResponse<?>>map(b -> pages.ask(visit, "broadcasts", question(b)))
                .orElseGet(() -> pages.notFound(visit, "broadcast under way"));
    }

    private Question question(Broadcast broadcast) {
        Progress progress = watch.progress(broadcast, checks.fallback());
        long size = broadcast.audienceSize().orElse(0);
        long addressed = progress.sight().addressed();
        var says = new ArrayList<String>();
        if (broadcast.state() == BroadcastState.SCHEDULED) {
            return Question.danger(
                    "Cancel “" + progress.sight().title() + "”?",
                    List.of(
                            "It was to be sent " + progress.sight().startsAt()
                                    + ". Nothing of it was sent, and nothing will be.",
                            "This is for good. To change it, or its time, take it back instead: it is then a draft again."),
                    PATH + "/" + broadcast.id() + "/cancel",
                    "Cancel the broadcast",
                    PATH + "/" + broadcast.id());
        }
        says.add(
                broadcast.wavesDone() == broadcast.waves()
                        ? "All of " + Sight.people(size) + " were addressed live, and that stays."
                        : "So far about " + Sight.number(addressed) + " of " + Sight.people(size)
                                + " were addressed. What was not yet sent to the others will never be sent.");
        says.add(progress.receivers()
                .map(BroadcastsController::whoHasIt)
                .orElse("Some devices may have it already; it stays there."));
        if (broadcast.push().isOn()) {
            says.add("Pushes: " + Sight.number(broadcast.push().accepted())
                    + " went out. No other device will be pushed to.");
        }
        says.add("This is for good: a cancelled broadcast cannot be resumed. To only hold it, pause it.");
        return Question.danger(
                "Cancel “" + progress.sight().title() + "”?",
                says,
                PATH + "/" + broadcast.id() + "/cancel",
                "Cancel the broadcast",
                PATH + "/" + broadcast.id());
    }

    private static String whoHasIt(long devices) {
        return switch ((int) Math.min(devices, 2)) {
            case 0 -> "No device has proved yet that it has it.";
            case 1 -> "1 device already got it; it stays there.";
            default -> Sight.number(devices) + " devices already got it; it stays there.";
        };
    }

    @Post("/{id}/cancel")
    @Needs(Role.BROADCASTER)
    MutableHttpResponse<?> cancel(UUID id, Visit visit) {
        boolean draft = broadcasts
                .find(id)
                .filter(b -> b.state() == BroadcastState.DRAFT)
                .isPresent();
        return act(
                visit,
                id,
                "broadcast.cancel",
                !draft && broadcasts.cancel(id),
                "It is cancelled. What was not yet sent will never be sent.");
    }

    private MutableHttpResponse<?> act(Visit visit, UUID id, String action, boolean done, String outcome) {
        Optional<Broadcast> broadcast = broadcasts.find(id);
        if (broadcast.isEmpty()) {
            return pages.notFound(visit, "broadcast");
        }
        Broadcast now = broadcast.get();
        if (!done) {
            return pages.go(
                    visit,
                    PATH + "/" + id,
                    Flash.failed("Nothing changed: the broadcast is "
                            + Sight.of(now, checks.fallback()).state() + "."));
        }
        acts.record(
                visit,
                action,
                id.toString(),
                Map.of(
                        "waves",
                        now.wavesDone() + "/" + now.waves(),
                        "pushed",
                        String.valueOf(now.push().accepted())));
        return pages.go(visit, PATH + "/" + id, Flash.done(outcome));
    }
}
