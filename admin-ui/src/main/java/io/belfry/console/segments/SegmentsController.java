package io.belfry.console.segments;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.segment.Rule;
import io.belfry.core.segment.Segment;
import io.belfry.core.segment.SegmentUsers;
import io.belfry.core.segment.Segments;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Segments: their rules are tried before they are saved, and a fault is named with its place.
@Controller("/console/segments")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class SegmentsController {
    private static final String PATH = "/console/segments";
    private static final String VIEW = "segments/form";
    private static final int PAGE = 50;

    private final Pages pages;
    private final Segments segments;
    private final SegmentUsers users;
    private final SegmentUses uses;
    private final Acts acts;

    SegmentsController(Pages pages, Segments segments, SegmentUsers users, SegmentUses uses, Acts acts) {
        this.pages = pages;
        this.segments = segments;
        this.users = users;
        this.uses = uses;
        this.acts = acts;
    }

    record ListModel(List<Segment> lines, String first, String next) {}

    @Get
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> list(@QueryValue Optional<String> after, Visit visit) {
        List<Segment> found = segments.list(after.map(a -> a.replace("\0", "")).orElse(""), PAGE + 1);
        boolean more = found.size() > PAGE;
        List<Segment> lines = more ? found.subList(0, PAGE) : found;
        return pages.show(
                visit,
                "segments/list",
                new ListModel(
                        lines,
                        after.isPresent() ? PATH : null,
                        more ? PATH + "?after=" + lines.getLast().id() : null));
    }

    /// @param count of those who fit, in words; null where nobody was counted
    /// @param sample the first who fit
    record FormModel(
            SegmentForm form, List<String> problems, String count, List<String> sample, List<SegmentUses.Use> uses) {
        public boolean isNew() {
            return form.isNew();
        }
    }

    private FormModel model(SegmentForm form, List<String> problems, Optional<Rule> rule) {
        Optional<SegmentUsers.Preview> preview = rule.map(users::preview);
        return new FormModel(
                form,
                problems,
                preview.map(SegmentsController::count).orElse(null),
                preview.map(SegmentUsers.Preview::sample).orElse(List.of()),
                form.isNew() ? List.of() : uses.of(form.id()));
    }

    private static String count(SegmentUsers.Preview preview) {
        if (preview.count().isEmpty()) {
            return "More people than could be counted in time";
        }
        long count = preview.count().getAsLong();
        return String.format(Locale.ENGLISH, "%,d", count) + (count == 1 ? " person fits" : " people fit");
    }

    @Get("/new")
    MutableHttpResponse<?> fresh(Visit visit) {
        return pages.show(visit, VIEW, model(SegmentForm.EMPTY, List.of(), Optional.empty()));
    }

    @Get("/{id}")
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> edit(String id, Visit visit) {
        return found(id)
                .map(SegmentForm::of)
                .<MutableHttpResponse<?>>map(form -> pages.show(
                        visit, VIEW, model(form, List.of(), form.read().rule())))
                .orElseGet(() -> pages.notFound(visit, "segment"));
    }

    private Optional<Segment> found(String id) {
        return Segment.isId(id) ? segments.find(id) : Optional.empty();
    }

    /// Counts who fits the rule as it is typed; saves nothing.
    @Post("/preview")
    MutableHttpResponse<?> preview(Visit visit) {
        SegmentForm form = SegmentForm.of(visit.form());
        SegmentForm.Reading reading = form.read();
        FormModel model = model(form, reading.faults(), reading.rule());
        return reading.faults().isEmpty() ? pages.show(visit, VIEW, model) : pages.refuse(visit, VIEW, model);
    }

    @Post
    MutableHttpResponse<?> save(Visit visit) {
        SegmentForm form = SegmentForm.of(visit.form());
        SegmentForm.Reading reading = form.read();
        var problems = new ArrayList<>(form.faults());
        problems.addAll(reading.faults());
        Optional<Segment> before = found(form.id());
        String seen = before.map(segment -> segment.updatedAt().toString()).orElse("");
        if (problems.isEmpty() && !seen.equals(form.seen())) {
            problems.add(
                    form.isNew()
                            ? "There is a segment “" + form.id() + "” already."
                            : "Somebody changed or removed it since you opened it. Nothing was saved.");
        }
        if (!problems.isEmpty()) {
            return pages.refuse(visit, VIEW, model(form, problems, Optional.empty()));
        }
        return switch (segments.put(
                form.id(), form.description(), reading.tree().orElseThrow())) {
            case Segments.Saving.Saved(Segment saved) -> {
                acts.record(
                        visit,
                        before.isEmpty() ? "segment.create" : "segment.change",
                        saved.id(),
                        Map.of(
                                "before", before.map(Segment::rule).orElse(""),
                                "after", saved.rule()));
                yield pages.go(visit, PATH + "/" + saved.id(), Flash.done("The segment is saved."));
            }
            case Segments.Saving.TooMany(int max) ->
                pages.refuse(
                        visit,
                        VIEW,
                        model(
                                form,
                                List.of("There are " + max + " segments, which is as many as there may be."),
                                Optional.empty()));
        };
    }

    @Get("/{id}/delete")
    MutableHttpResponse<?> askDelete(String id, Visit visit) {
        return found(id)
                .<MutableHttpResponse<?>>map(segment -> {
                    int used = uses.of(id).size();
                    return pages.ask(
                            visit,
                            "segments",
                            Question.danger(
                                    "Delete the segment " + id + "?",
                                    List.of(
                                            "Nobody is reached by it any more. No user is touched.",
                                            used == 0
                                                    ? "Nothing that is still to go out names it; services may."
                                                    : used + (used == 1 ? " thing" : " things")
                                                            + " still to go out by it will reach nobody by it."),
                                    PATH + "/" + id + "/delete",
                                    "Delete it",
                                    PATH + "/" + id));
                })
                .orElseGet(() -> pages.notFound(visit, "segment"));
    }

    @Post("/{id}/delete")
    MutableHttpResponse<?> delete(String id, Visit visit) {
        Optional<Segment> before = found(id);
        if (before.isEmpty() || !segments.remove(id)) {
            return pages.notFound(visit, "segment");
        }
        acts.record(visit, "segment.delete", id, Map.of("before", before.get().rule()));
        return pages.go(visit, PATH, Flash.done("The segment is deleted."));
    }
}
