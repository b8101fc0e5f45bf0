package io.belfry.console.broadcasts;

import static io.belfry.console.broadcasts.DraftsController.PATH;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Audiences;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Drafts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.broadcast.ReleaseSettings;
import io.belfry.core.broadcast.Reviews;
import io.belfry.core.broadcast.Start;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.user.UserId;
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
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The last look at a draft: exactly what will be sent to how many, a try on a few people, and the sending. What is
/// sent is the revision that was looked at, to about as many people as were confirmed, or nothing.
@Controller("/console/broadcasts")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class ReviewController {
    private static final int TESTS_SHOWN = 5;

    private final Pages pages;
    private final Broadcasts broadcasts;
    private final Drafts drafts;
    private final Audiences audiences;
    private final Watch watch;
    private final Categories categories;
    private final Checks checks;
    private final BroadcastsSettings settings;
    private final Reviews reviews;
    private final ReleaseSettings release;
    private final Acts acts;
    private final Clock clock;

    ReviewController(
            Pages pages,
            Broadcasts broadcasts,
            Drafts drafts,
            Audiences audiences,
            Watch watch,
            Categories categories,
            Checks checks,
            BroadcastsSettings settings,
            Reviews reviews,
            ReleaseSettings release,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.broadcasts = broadcasts;
        this.drafts = drafts;
        this.audiences = audiences;
        this.watch = watch;
        this.categories = categories;
        this.checks = checks;
        this.settings = settings;
        this.reviews = reviews;
        this.release = release;
        this.acts = acts;
        this.clock = clock;
    }

    /// A test that was sent.
    record TestLine(Broadcast broadcast, String people, String received) {}

    /// @param gaps what is missing before it can be sent
    /// @param reach null when it could not be counted
    /// @param typed whether the number of people has to be typed
    /// @param problem what was wrong with the last try to send, or null
    /// @param test of the next test, so that it is sent once
    record ReviewModel(
            Sight sight,
            Category category,
            List<Preview> previews,
            List<String> gaps,
            Audiences.Reach reach,
            String people,
            String devices,
            boolean typed,
            String problem,
            List<String> testGaps,
            UUID test,
            String testers,
            String testProblem,
            List<TestLine> tests,
            Approval approval) {
        public boolean isComplete() {
            return gaps.isEmpty() && reach != null && reach.people() > 0;
        }

        public boolean maySend() {
            return isComplete() && approval.lets();
        }
    }

    @Get("/{id}/review")
    MutableHttpResponse<?> review(UUID id, Visit visit) {
        Optional<Broadcast> found = broadcasts.find(id);
        if (found.isPresent() && found.get().state() != BroadcastState.DRAFT) {
            return pages.go(visit, PATH + "/" + id, Flash.done("This broadcast was started."));
        }
        return found.<MutableHttpResponse<?>>map(
                        draft -> pages.show(visit, "broadcasts/review", model(draft, visit, null, null)))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    @Post("/{id}/send")
    MutableHttpResponse<?> send(UUID id, Visit visit) {
        Optional<Broadcast> found = broadcasts.find(id);
        if (found.isEmpty()) {
            return pages.notFound(visit, "draft");
        }
        Broadcast draft = found.get();
        long people = number(visit.form().text("people"));
        if (draft.state() == BroadcastState.DRAFT) {
            if (!checks.gaps(draft).isEmpty()) {
                return again(draft, visit, "Nothing was sent: something is still missing.");
            }
            if (people > settings.confirmAbove() && number(visit.form().text("typed")) != people) {
                return again(
                        draft, visit, "Nothing was sent: the number you typed is not the number of people it reaches.");
            }
        }
        int revision = (int) number(visit.form().text("revision"));
        Start start = broadcasts.start(id, revision, people, visit.operator().email());
        return switch (start) {
            case Start.Started(long reached) -> started(visit, draft, reached);
            case Start.Scheduled(Instant at, long reached) -> scheduled(visit, draft, reached);
            case Start.Unapproved(long reached, long above) ->
                again(
                        id,
                        visit,
                        "Nothing was sent: it would reach " + Sight.people(reached) + ", and above "
                                + Sight.number(above) + " a second person has to approve exactly what is sent.");
            case Start.Changed changed ->
                again(id, visit, "Nothing was sent: the draft was changed since you reviewed it. Look again.");
            case Start.Grown(long now) ->
                again(
                        id,
                        visit,
                        "Nothing was sent: it would now reach " + Sight.people(now) + ", not " + Sight.number(people)
                                + ". Confirm the new number.");
            case Start.Nobody nobody -> again(id, visit, "Nothing was sent: it would reach nobody.");
            case Start.Expired(Instant until) ->
                again(id, visit, "Nothing was sent: the time until which it is valid has passed.");
            case Start.NotDraft(BroadcastState state) ->
                pages.go(visit, PATH + "/" + id, Flash.done("It was started before, and was not sent twice."));
            case Start.Unknown unknown -> pages.notFound(visit, "draft");
        };
    }

    private MutableHttpResponse<?> started(Visit visit, Broadcast draft, long people) {
        acts.record(
                visit,
                "broadcast.start",
                draft.id().toString(),
                Map.of("revision", String.valueOf(draft.revision()), "people", String.valueOf(people)));
        return pages.go(
                visit, PATH + "/" + draft.id(), Flash.done("It is on its way to " + Sight.people(people) + "."));
    }

    private MutableHttpResponse<?> scheduled(Visit visit, Broadcast draft, long people) {
        acts.record(
                visit,
                "broadcast.schedule",
                draft.id().toString(),
                Map.of(
                        "revision",
                        String.valueOf(draft.revision()),
                        "people",
                        String.valueOf(people),
                        "at",
                        draft.release().startsAt().map(Instant::toString).orElse("")));
        return pages.go(
                visit,
                PATH + "/" + draft.id(),
                Flash.done("It leaves by itself "
                        + Sight.of(draft, checks.fallback()).startsAt() + "."));
    }

    private MutableHttpResponse<?> again(UUID id, Visit visit, String problem) {
        return broadcasts
                .find(id)
                .<MutableHttpResponse<?>>map(draft -> again(draft, visit, problem))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    private MutableHttpResponse<?> again(Broadcast draft, Visit visit, String problem) {
        return pages.refuse(visit, "broadcasts/review", model(draft, visit, problem, null));
    }

    /// Sends the draft as it is to a few people, beside the draft, which stays one.
    @Post("/{id}/test")
    MutableHttpResponse<?> test(UUID id, Visit visit) {
        Optional<Broadcast> draft = broadcasts.find(id).filter(b -> b.state() == BroadcastState.DRAFT);
        Optional<UUID> test = Composition.readId(visit.form().text("test"));
        if (draft.isEmpty() || test.isEmpty()) {
            return pages.notFound(visit, "draft");
        }
        List<String> testers = ids(visit.form().text("testers"));
        Optional<String> problem = testProblem(draft.get(), testers);
        if (problem.isPresent()) {
            return pages.refuse(visit, "broadcasts/review", model(draft.get(), visit, null, problem.get()));
        }
        boolean made = drafts.makeTest(
                test.get(), id, copy(draft.get(), testers, visit.operator().email()));
        Start start =
                broadcasts.start(test.get(), 1, testers.size(), visit.operator().email());
        if (made && start instanceof Start.Started) {
            acts.record(visit, "broadcast.test", id.toString(), Map.of("people", String.valueOf(testers.size())));
        }
        return pages.go(
                visit,
                PATH + "/" + id + "/review",
                Flash.done("The test is on its way to " + Sight.people(testers.size()) + "."));
    }

    private Optional<String> testProblem(Broadcast draft, List<String> testers) {
        if (!checks.wordGaps(draft).isEmpty()) {
            return Optional.of("Finish the content first.");
        }
        if (testers.isEmpty() || testers.size() > settings.maxTesters()) {
            return Optional.of("Name 1 to " + settings.maxTesters() + " user ids.");
        }
        return testers.stream()
                .filter(id -> !UserId.isValid(id))
                .findFirst()
                .map(id -> "“" + id + "” is no user id (expected: " + UserId.EXPECTED + ").");
    }

    private NewBroadcast copy(Broadcast draft, List<String> testers, String by) {
        return new NewBroadcast(
                new Audience.Users(testers),
                draft.contents(),
                draft.category(),
                draft.priority(),
                draft.validUntil().filter(until -> until.isAfter(clock.instant())),
                1,
                draft.push().isOn() ? NewBroadcast.Push.ON : NewBroadcast.Push.OFF,
                by);
    }

    private ReviewModel model(Broadcast draft, Visit visit, String problem, String testProblem) {
        Audiences.Reach reach = Reaches.of(audiences, draft.audience()).orElse(null);
        String testers = visit.form().find("testers").orElseGet(() -> drafts.lastTest(
                        visit.operator().email())
                .map(a -> a instanceof Audience.Users(List<String> users) ? String.join(" ", users) : "")
                .orElse(""));
        return new ReviewModel(
                Sight.of(draft, checks.fallback()),
                categories.find(draft.category()).orElseThrow(),
                Words.of(draft.contents(), checks.fallback()).stream()
                        .map(words -> Preview.of(draft, words.locale(), checks.fallback()))
                        .toList(),
                checks.gaps(draft),
                reach,
                reach == null ? null : Sight.people(reach.people()),
                reach == null ? null : Sight.devices(reach.devices()),
                reach != null && reach.people() > settings.confirmAbove(),
                problem,
                checks.wordGaps(draft),
                EventId.mint(clock),
                testers,
                testProblem,
                broadcasts.testsOf(draft.id(), TESTS_SHOWN).stream()
                        .map(this::line)
                        .toList(),
                Approval.of(
                        draft,
                        reach == null ? 0 : reach.people(),
                        visit.operator().email(),
                        reviews,
                        release));
    }

    private TestLine line(Broadcast test) {
        return new TestLine(
                test,
                Sight.people(test.audienceSize().orElse(0)),
                watch.receivers(test).map(Sight::devices).orElse("not counted"));
    }

    private static List<String> ids(String typed) {
        return Arrays.stream(typed.split("[\\s,;]+"))
                .filter(id -> !id.isEmpty())
                .distinct()
                .toList();
    }

    /// Digits, maybe grouped; -1 for anything else.
    private static long number(String typed) {
        String digits = typed.replaceAll("[\\s,.’'\u00a0\u202f]", "");
        return digits.matches("\\d{1,15}") ? Long.parseLong(digits) : -1;
    }
}
