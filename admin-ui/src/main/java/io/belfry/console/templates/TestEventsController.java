package io.belfry.console.templates;

import io.belfry.console.Acts;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventType;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.Sample;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.core.user.UserId;
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
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the sample to one user as a real event, and tells what became of it.
@Controller("/console/templates/{type}/tests")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class TestEventsController {
    private static final Logger LOG = LoggerFactory.getLogger(TestEventsController.class);
    private static final String VIEW = "templates/test";
    /// A page that nobody closes stops asking after so many looks, one a second.
    private static final int MAX_LOOKS = 60;

    private final Pages pages;
    private final TestEvents events;
    private final TemplateVersions versions;
    private final Traces traces;
    private final Acts acts;

    TestEventsController(Pages pages, TestEvents events, TemplateVersions versions, Traces traces, Acts acts) {
        this.pages = pages;
        this.events = events;
        this.versions = versions;
        this.traces = traces;
        this.acts = acts;
    }

    /// @param event null when nothing was sent
    /// @param trace null while it is not dispatched
    /// @param next how often the page will have looked; 0 when it need not look again
    /// @param problem why nothing was sent, or null
    record TestModel(String type, String user, String event, NotificationTrace trace, int next, String problem) {}

    @Post
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> send(String type, Visit visit) {
        String user = visit.form().text("user");
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "template");
        }
        if (!UserId.isValid(user)) {
            return refuse(visit, type, user, "Not sent: a user id is " + UserId.EXPECTED + ".");
        }
        Optional<TemplateVersion> live = versions.live(type);
        if (live.isEmpty()) {
            return refuse(
                    visit, type, user, "Not sent: nothing is published yet, so the notification would have no words.");
        }
        return switch (Sample.read(visit.form().raw("sample"))) {
            case Sample.Reading.Refused(int line, String message) ->
                refuse(visit, type, user, "Not sent: the sample cannot be read. " + message);
            case Sample.Reading.Read(Sample sample) ->
                send(visit, type, user, sample, live.get().version());
        };
    }

    private MutableHttpResponse<?> send(Visit visit, String type, String user, Sample sample, int version) {
        try {
            UUID event = events.send(type, new UserId(user), sample, visit.operator());
            acts.record(
                    visit,
                    "template.test",
                    type,
                    Map.of("user", user, "event", event.toString(), "version", String.valueOf(version)));
            return show(visit, new TestModel(type, user, event.toString(), null, 1, null));
        } catch (SQLException | RuntimeException e) {
            LOG.warn("A test event could not be stored: {}", e.getMessage());
            return refuse(visit, type, user, "Not sent: the database did not take the event. Try again.");
        }
    }

    private MutableHttpResponse<?> refuse(Visit visit, String type, String user, String problem) {
        return show(visit, new TestModel(type, user, null, null, 0, problem));
    }

    /// Asked again and again until the notification is there.
    ///
    /// @param look how often it was asked
    @Get("/{event}")
    MutableHttpResponse<?> look(String type, UUID event, @QueryValue String user, @QueryValue int look, Visit visit) {
        NotificationTrace trace = traces.of(NotificationId.of(event, user)).orElse(null);
        int next = trace == null && look < MAX_LOOKS ? look + 1 : 0;
        return show(visit, new TestModel(type, user, event.toString(), trace, next, null));
    }

    private MutableHttpResponse<?> show(Visit visit, TestModel model) {
        return pages.show(visit, visit.wantsFragment() ? VIEW + " :: outcome" : VIEW, model);
    }
}
