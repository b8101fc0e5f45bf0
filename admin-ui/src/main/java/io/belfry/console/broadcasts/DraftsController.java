package io.belfry.console.broadcasts;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.ReaderZone;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Audiences;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Drafts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.broadcast.Release;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.core.segment.Segment;
import io.belfry.core.segment.Segments;
import io.micronaut.http.HttpResponse;
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
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Writing broadcasts. A form carries the id of its draft from the beginning, so that saving it twice makes one draft.
@Controller("/console/broadcasts")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class DraftsController {
    static final String PATH = "/console/broadcasts";
    private static final String DEFAULT_CATEGORY = "news";
    private static final int SEGMENTS_SHOWN = 1_000;

    private final Pages pages;
    private final Drafts drafts;
    private final Broadcasts broadcasts;
    private final Audiences audiences;
    private final Categories categories;
    private final Segments segments;
    private final Checks checks;
    private final Acts acts;
    private final Clock clock;

    DraftsController(
            Pages pages,
            Drafts drafts,
            Broadcasts broadcasts,
            Audiences audiences,
            Categories categories,
            Segments segments,
            Checks checks,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.drafts = drafts;
        this.broadcasts = broadcasts;
        this.audiences = audiences;
        this.categories = categories;
        this.segments = segments;
        this.checks = checks;
        this.acts = acts;
        this.clock = clock;
    }

    /// A segment to choose.
    record SegmentChoice(String id, String label) {
        static SegmentChoice of(Segment segment) {
            return new SegmentChoice(
                    segment.id(),
                    segment.description().isEmpty() ? segment.id() : segment.id() + ": " + segment.description());
        }
    }

    /// @param faults by field
    /// @param held why it was not sent when its time had come, or null
    record FormModel(
            Composition typed,
            Map<String, String> faults,
            List<Category> categories,
            List<Priority> priorities,
            List<SegmentChoice> segments,
            List<String> proposed,
            List<String> zones,
            String fallback,
            Preview preview,
            String held) {
        private static final List<String> USUAL_WAVES = List.of("1", "4", "8", "32", "128");

        public List<String> problems() {
            return List.copyOf(faults.values());
        }

        /// What is wrong with a field, or null.
        public String wrong(String field) {
            return faults.get(field);
        }

        public boolean isNew() {
            return typed.revision() == Drafts.UNSAVED;
        }

        /// The usual numbers of waves, and the draft's own.
        public List<String> waves() {
            return with(USUAL_WAVES, typed.waves());
        }

        public List<String> canaries() {
            return with(Timing.CANARIES, typed.timing().canary());
        }

        public List<String> pauses() {
            return with(Timing.PAUSES, typed.timing().pause());
        }

        private static List<String> with(List<String> usual, String own) {
            return Stream.concat(usual.stream(), Stream.of(own).filter(text -> !text.isEmpty()))
                    .distinct()
                    .toList();
        }

        public String waveLabel(String waves) {
            return waves.equals("1") ? "1, everyone at once" : waves;
        }
    }

    @Get("/new")
    MutableHttpResponse<?> begin(Visit visit) {
        Category category = categories
                .find(DEFAULT_CATEGORY)
                .orElseGet(() -> categories.list().getFirst());
        return pages.show(
                visit,
                "broadcasts/compose",
                form(
                        Composition.blank(
                                EventId.mint(clock),
                                checks.fallback(),
                                category.id(),
                                category.priority().label()),
                        Map.of(),
                        ""));
    }

    @Get("/{id}/edit")
    MutableHttpResponse<?> edit(UUID id, Visit visit) {
        return draft(id)
                .<MutableHttpResponse<?>>map(draft -> pages.show(
                        visit, "broadcasts/compose", form(Composition.of(draft, checks.fallback()), Map.of(), "")))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    @Post("/{id}")
    MutableHttpResponse<?> save(UUID id, Visit visit) {
        Composition typed = Composition.of(id, visit.form());
        Checks.Checked checked = checks.check(typed, visit.operator().email());
        if (checked.broadcast().isEmpty()) {
            return pages.refuse(visit, "broadcasts/compose", form(typed, checked.faults(), ""));
        }
        return switch (drafts.save(id, typed.revision(), checked.broadcast().get())) {
            case Drafts.Saved.Kept(Broadcast draft) -> saved(visit, draft);
            case Drafts.Saved.Conflict(Broadcast now) -> conflict(visit, typed, now);
            case Drafts.Saved.Unknown unknown -> pages.notFound(visit, "draft");
        };
    }

    private MutableHttpResponse<?> saved(Visit visit, Broadcast draft) {
        acts.record(
                visit, "broadcast.save", draft.id().toString(), Map.of("revision", String.valueOf(draft.revision())));
        return visit.form().text("then").equals("review")
                ? HttpResponse.seeOther(URI.create(PATH + "/" + draft.id() + "/review"))
                : pages.go(
                        visit, PATH + "/" + draft.id() + "/edit", Flash.done("The draft is saved. Nothing is sent."));
    }

    private MutableHttpResponse<?> conflict(Visit visit, Composition typed, Broadcast now) {
        String problem = now.state() == BroadcastState.DRAFT
                ? "Somebody else saved this draft while you were at it. What you typed is still below: copy what you"
                        + " need, then open the draft again."
                : "This broadcast was started in the meantime, so it cannot be changed any more. What you typed is still"
                        + " below.";
        return pages.refuse(visit, "broadcasts/compose", form(typed, Map.of("", problem), ""));
    }

    /// Adds a language to the form or takes one away; saves nothing.
    @Post("/{id}/words")
    MutableHttpResponse<?> words(UUID id, Visit visit) {
        Composition typed = Composition.of(id, visit.form());
        List<Words> words = new ArrayList<>(typed.words());
        Optional<String> remove = visit.form().find("remove").filter(index -> index.matches("\\d{1,2}"));
        if (remove.isEmpty() && words.size() < Composition.MAX_LOCALES) {
            words.add(Words.blank(words.isEmpty() ? checks.fallback() : ""));
        }
        remove.map(Integer::parseInt)
                .filter(index -> index < words.size())
                .ifPresent(index -> words.remove((int) index));
        FormModel model = form(typed.withWords(words), Map.of(), "");
        return pages.show(visit, visit.wantsFragment() ? "broadcasts/compose :: words" : "broadcasts/compose", model)
                .header("HX-Trigger-After-Settle", "belfry:words");
    }

    @Post("/{id}/preview")
    MutableHttpResponse<?> preview(UUID id, Visit visit) {
        return pages.show(
                visit,
                "broadcasts/preview :: preview",
                Preview.of(Composition.of(id, visit.form()), visit.form().text("shown"), checks.fallback()));
    }

    /// What the form says about its audience as it is typed.
    ///
    /// @param problem why it cannot be counted, or null
    record ReachModel(String people, String devices, long strangers, boolean push, String problem) {}

    @Post("/{id}/reach")
    MutableHttpResponse<?> reach(UUID id, Visit visit) {
        Composition typed = Composition.of(id, visit.form());
        Checks.Checked checked = checks.check(typed, visit.operator().email());
        Optional<String> fault = Stream.of("users", "topic", "segment")
                .map(checked.faults()::get)
                .filter(text -> text != null)
                .findFirst();
        ReachModel model = fault.map(text -> new ReachModel(null, null, 0, typed.push(), text))
                .orElseGet(() -> Reaches.of(audiences, typed.toAudience())
                        .map(reach -> new ReachModel(
                                Sight.people(reach.people()),
                                Sight.devices(reach.devices()),
                                reach.strangers(),
                                typed.push(),
                                null))
                        .orElseGet(() -> new ReachModel(null, null, 0, typed.push(), Reaches.TOO_SLOW)));
        return pages.show(visit, "broadcasts/preview :: reach", model);
    }

    @Get("/{id}/discard")
    MutableHttpResponse<?> askDiscard(UUID id, Visit visit) {
        return draft(id)
                .<MutableHttpResponse<?>>map(draft -> pages.ask(
                        visit,
                        "broadcasts",
                        Question.danger(
                                "Discard “" + Sight.of(draft, checks.fallback()).title() + "”?",
                                List.of("The draft is deleted for everybody. Nothing of it was sent, and it cannot be"
                                        + " brought back."),
                                PATH + "/" + id + "/discard",
                                "Discard the draft",
                                PATH + "/" + id + "/edit")))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    @Post("/{id}/discard")
    MutableHttpResponse<?> discard(UUID id, Visit visit) {
        if (!drafts.discard(id)) {
            return pages.go(visit, PATH, Flash.failed("There is no such draft any more."));
        }
        acts.record(visit, "broadcast.discard", id.toString(), Map.of());
        return pages.go(visit, PATH, Flash.done("The draft is gone."));
    }

    /// The same once more, as a new draft. The form names its id, so that a second click makes no second copy.
    @Post("/{id}/duplicate")
    MutableHttpResponse<?> duplicate(UUID id, Visit visit) {
        Optional<Broadcast> original = broadcasts.find(id);
        Optional<UUID> copy = Composition.readId(visit.form().text("copy"));
        if (original.isEmpty() || copy.isEmpty()) {
            return pages.notFound(visit, "broadcast");
        }
        Broadcast b = original.get();
        var draft = new NewBroadcast(
                b.audience(),
                b.contents(),
                b.category(),
                b.priority(),
                b.validUntil().filter(until -> until.isAfter(clock.instant())),
                b.waves(),
                b.push().isOn() ? NewBroadcast.Push.ON : NewBroadcast.Push.OFF,
                // At what time the copy leaves has to be chosen anew.
                new Release(Optional.empty(), Optional.empty(), b.release().canary()),
                visit.operator().email());
        if (drafts.save(copy.get(), Drafts.UNSAVED, draft) instanceof Drafts.Saved.Kept) {
            acts.record(visit, "broadcast.duplicate", copy.get().toString(), Map.of("of", id.toString()));
        }
        return pages.go(visit, PATH + "/" + copy.get() + "/edit", Flash.done("This is a copy. Nothing is sent."));
    }

    /// Those that there are, and the draft's own although it may be gone.
    private List<SegmentChoice> segments(String own) {
        var choices = new ArrayList<>(segments.list("", SEGMENTS_SHOWN).stream()
                .map(SegmentChoice::of)
                .toList());
        if (!own.isEmpty() && choices.stream().noneMatch(choice -> choice.id().equals(own))) {
            choices.add(new SegmentChoice(own, own));
        }
        return choices;
    }

    private FormModel form(Composition typed, Map<String, String> faults, String shown) {
        return new FormModel(
                typed,
                faults,
                categories.list(),
                List.of(Priority.values()),
                segments(typed.segment()),
                Words.PROPOSED,
                ReaderZone.NAMES,
                checks.fallback(),
                Preview.of(typed, shown, checks.fallback()),
                draft(typed.id()).flatMap(Broadcast::held).orElse(null));
    }

    private Optional<Broadcast> draft(UUID id) {
        return broadcasts.find(id).filter(b -> b.state() == BroadcastState.DRAFT);
    }
}
