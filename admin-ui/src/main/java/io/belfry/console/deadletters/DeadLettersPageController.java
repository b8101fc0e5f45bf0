package io.belfry.console.deadletters;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.deadletter.DeadLetter;
import io.belfry.core.deadletter.DeadLetterFilter;
import io.belfry.core.deadletter.DeadLetters;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What failed for good: found by kind, type, user and reason, tried again or let go, one by one or all that a search
/// finds. What is done in bulk is what was previewed: the question names the newest letter it is about.
@Controller("/console/dead-letters")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class DeadLettersPageController {
    private static final String PATH = "/console/dead-letters";
    private static final int PAGE = 50;

    private final Pages pages;
    private final DeadLetters letters;
    private final Acts acts;

    DeadLettersPageController(Pages pages, DeadLetters letters, Acts acts) {
        this.pages = pages;
        this.letters = letters;
        this.acts = acts;
    }

    /// A search as it was typed; empty parts do not narrow.
    ///
    /// @param kind `event`, `push` or empty
    /// @param reason its beginning
    record Typed(String kind, String type, String user, String reason) {
        static Typed of(Optional<String> kind, Optional<String> type, Optional<String> user, Optional<String> reason) {
            return new Typed(text(kind), text(type), text(user), text(reason));
        }

        private static String text(Optional<String> typed) {
            return typed.map(String::strip).map(t -> t.replace("\0", "")).orElse("");
        }

        DeadLetterFilter filter(OptionalLong upTo) {
            return new DeadLetterFilter(
                    DeadLetter.Kind.ofLabel(kind),
                    Optional.empty(),
                    given(user),
                    given(type),
                    given(reason),
                    Optional.empty(),
                    Optional.empty(),
                    upTo);
        }

        private static Optional<String> given(String text) {
            return Optional.of(text).filter(t -> !t.isEmpty());
        }

        String address(String page) {
            UriBuilder address = UriBuilder.of(PATH + page);
            given(kind).ifPresent(k -> address.queryParam("kind", k));
            given(type).ifPresent(t -> address.queryParam("type", t));
            given(user).ifPresent(u -> address.queryParam("user", u));
            given(reason).ifPresent(r -> address.queryParam("reason", r));
            return address.build().toString();
        }

        String address(String page, String name, long value) {
            String address = address(page);
            return address + (address.contains("?") ? "&" : "?") + name + "=" + value;
        }
    }

    /// @param retry address of the question about all of them, null where there are none
    record LettersModel(Typed typed, List<DeadLetter> lines, String first, String next, String retry, String discard) {}

    @Get
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> reason,
            @QueryValue Optional<Long> before,
            Visit visit) {
        Typed typed = Typed.of(kind, type, user, reason);
        List<DeadLetter> found = letters.list(
                typed.filter(OptionalLong.empty()),
                before.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                PAGE + 1);
        boolean more = found.size() > PAGE;
        List<DeadLetter> lines = more ? found.subList(0, PAGE) : found;
        return pages.show(
                visit,
                "dead-letters/list",
                new LettersModel(
                        typed,
                        lines,
                        before.isPresent() ? typed.address("") : null,
                        more ? typed.address("", "before", lines.getLast().id()) : null,
                        lines.isEmpty() ? null : typed.address("/retry"),
                        lines.isEmpty() ? null : typed.address("/discard")));
    }

    @Get("/retry")
    MutableHttpResponse<?> askRetry(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> reason,
            Visit visit) {
        Typed typed = Typed.of(kind, type, user, reason);
        DeadLetters.Preview preview = letters.preview(typed.filter(OptionalLong.empty()));
        return pages.ask(
                visit,
                "dead-letters",
                Question.plain(
                        "Try them again?",
                        List.of(
                                says(preview) + " " + preview.open()
                                        + " of them are tried again; nobody wants the others any"
                                        + " more, and they stay.",
                                "Events go to the end of their lanes and on from where they had come. Pushes go to the"
                                        + " devices that have not got them."),
                        typed.address("/retry", "upTo", preview.upTo().orElse(0)),
                        "Try again",
                        typed.address("")));
    }

    @Post("/retry")
    MutableHttpResponse<?> retry(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> reason,
            @QueryValue Optional<Long> upTo,
            Visit visit) {
        Typed typed = Typed.of(kind, type, user, reason);
        return done(visit, typed, "dead-letter.retry", letters.retry(typed.filter(upTo(upTo))), " tried again");
    }

    @Get("/discard")
    MutableHttpResponse<?> askDiscard(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> reason,
            Visit visit) {
        Typed typed = Typed.of(kind, type, user, reason);
        DeadLetters.Preview preview = letters.preview(typed.filter(OptionalLong.empty()));
        return pages.ask(
                visit,
                "dead-letters",
                Question.danger(
                        "Let them go?",
                        List.of(
                                says(preview),
                                "The events are cancelled as far as they were not delivered, and the pushes are not tried"
                                        + " again. This cannot be taken back."),
                        typed.address("/discard", "upTo", preview.upTo().orElse(0)),
                        "Discard them",
                        typed.address("")));
    }

    @Post("/discard")
    MutableHttpResponse<?> discard(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> reason,
            @QueryValue Optional<Long> upTo,
            Visit visit) {
        Typed typed = Typed.of(kind, type, user, reason);
        return done(visit, typed, "dead-letter.discard", letters.discard(typed.filter(upTo(upTo))), " let go");
    }

    /// Without a bound from a question nothing is touched.
    private static OptionalLong upTo(Optional<Long> upTo) {
        return OptionalLong.of(upTo.orElse(0L));
    }

    private static String says(DeadLetters.Preview preview) {
        return "This is about " + preview.letters() + (preview.letters() == 1 ? " dead letter: " : " dead letters: ")
                + preview.events() + (preview.events() == 1 ? " event and " : " events and ") + preview.pushes()
                + (preview.pushes() == 1 ? " push." : " pushes.");
    }

    private MutableHttpResponse<?> done(
            Visit visit, Typed typed, String action, DeadLetters.Done done, String outcome) {
        if (done.letters() > 0) {
            acts.record(
                    visit,
                    action,
                    typed.toString(),
                    Map.of("letters", String.valueOf(done.letters()), "left", String.valueOf(done.left())));
        }
        String left = done.left() > 0 ? " " + done.left() + " stay: nobody wants them any more." : "";
        String more = done.more() ? " There are more; do it again to go on." : "";
        return pages.go(visit, typed.address(""), Flash.done(done.letters() + outcome + "." + left + more));
    }
}
