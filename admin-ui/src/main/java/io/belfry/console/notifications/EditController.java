package io.belfry.console.notifications;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.amendment.Amendment;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.amendment.Author;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
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
import java.util.Optional;
import java.util.UUID;

/// Changes what a notification says, for one user or for all who got it of its event.
@Controller("/console/notifications/{id}/edit")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class EditController {
    private static final String VIEW = "notifications/edit";

    private final Pages pages;
    private final Traces traces;
    private final Amendments amendments;
    private final Siblings siblings;
    private final Acts acts;

    EditController(Pages pages, Traces traces, Amendments amendments, Siblings siblings, Acts acts) {
        this.pages = pages;
        this.traces = traces;
        this.amendments = amendments;
        this.siblings = siblings;
        this.acts = acts;
    }

    /// @param reach `one` or `all`
    /// @param others how many the event's are, in words
    record EditModel(
            UUID id,
            String user,
            String title,
            String body,
            String link,
            String reach,
            String others,
            List<String> problems) {}

    @Get
    MutableHttpResponse<?> form(UUID id, Visit visit) {
        return traces.of(id)
                .<MutableHttpResponse<?>>map(trace -> pages.show(
                        visit,
                        VIEW,
                        new EditModel(
                                id,
                                trace.userId(),
                                text(trace.title()),
                                text(trace.body()),
                                text(trace.link()),
                                "one",
                                siblings.of(trace.eventId()).says(),
                                List.of())))
                .orElseGet(() -> pages.notFound(visit, "notification"));
    }

    private static String path(UUID id) {
        return "/console/notifications/" + id;
    }

    private static String text(String orNull) {
        return orNull == null ? "" : orNull;
    }

    @Post
    MutableHttpResponse<?> save(UUID id, Visit visit) {
        Optional<NotificationTrace> found = traces.of(id);
        if (found.isEmpty()) {
            return pages.notFound(visit, "notification");
        }
        NotificationTrace trace = found.get();
        String title = visit.form().text("title");
        String body = visit.form().text("body");
        String link = visit.form().text("link");
        List<String> problems = problems(title, body, link);
        Optional<String> newTitle = changed(title, trace.title());
        Optional<String> newBody = changed(body, trace.body());
        Optional<String> newLink = changed(link, trace.link());
        if (problems.isEmpty() && newTitle.isEmpty() && newBody.isEmpty() && newLink.isEmpty()) {
            problems.add("Nothing is different from what it says now.");
        }
        if (!problems.isEmpty()) {
            return pages.refuse(
                    visit,
                    VIEW,
                    new EditModel(
                            id,
                            trace.userId(),
                            title,
                            body,
                            link,
                            visit.form().text("reach"),
                            siblings.of(trace.eventId()).says(),
                            problems));
        }
        var edit = new Amendment.Edit(newTitle, newBody, newLink, Optional.empty());
        return visit.form().text("reach").equals("all") ? editAll(visit, trace, edit) : editOne(visit, trace, edit);
    }

    private static List<String> problems(String title, String body, String link) {
        var problems = new ArrayList<String>();
        if (title.isEmpty() || title.length() > Amendment.MAX_TEXT) {
            problems.add("Title: " + title.length() + " characters (expected: 1 to " + Amendment.MAX_TEXT + ").");
        }
        if (body.length() > Amendment.MAX_TEXT) {
            problems.add("Text: " + body.length() + " characters (expected: at most " + Amendment.MAX_TEXT + ").");
        }
        if (!link.isEmpty() && (link.length() > Amendment.MAX_LINK || !link.matches("(https?://|/)\\S+"))) {
            problems.add(
                    "Link: not an address (expected: https://… or /…, at most " + Amendment.MAX_LINK + " characters).");
        }
        return problems;
    }

    private static Optional<String> changed(String typed, String before) {
        return typed.equals(text(before)) ? Optional.empty() : Optional.of(typed);
    }

    private MutableHttpResponse<?> editOne(Visit visit, NotificationTrace trace, Amendment.Edit edit) {
        String path = path(trace.id());
        Optional<Boolean> done = amendments.ofNotification(
                trace.id(), edit, Author.operator(visit.operator().email()));
        if (done.filter(was -> was).isEmpty()) {
            return pages.go(visit, path, Flash.failed("It was recalled, or is in no inbox: nothing was changed."));
        }
        acts.record(
                visit,
                "notification.edit",
                trace.id().toString(),
                Map.of("user", trace.userId(), "type", trace.type(), "changed", fields(edit)));
        return pages.go(visit, path, Flash.done("It says so now, on every device."));
    }

    private MutableHttpResponse<?> editAll(Visit visit, NotificationTrace trace, Amendment.Edit edit) {
        if (amendments
                .ofEvent(trace.eventId(), edit, Author.operator(visit.operator().email()))
                .isEmpty()) {
            return pages.notFound(visit, "event any more");
        }
        acts.record(
                visit, "event.edit", trace.eventId().toString(), Map.of("type", trace.type(), "changed", fields(edit)));
        return pages.go(
                visit, path(trace.id()), Flash.done("The edit is on its way: a dispatcher works it off page by page."));
    }

    /// Which parts, since what they say is in no log.
    private static String fields(Amendment.Edit edit) {
        var fields = new ArrayList<String>();
        edit.title().ifPresent(t -> fields.add("title"));
        edit.body().ifPresent(t -> fields.add("text"));
        edit.link().ifPresent(t -> fields.add("link"));
        return String.join(", ", fields);
    }
}
