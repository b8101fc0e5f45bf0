package io.belfry.console.users;

import io.belfry.console.Acts;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.console.templates.TestEvents;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventType;
import io.belfry.core.event.SeenTypes;
import io.belfry.core.template.Sample;
import io.belfry.core.template.TemplateSummary;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.user.UserId;
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
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends one user a test: a real event, from which nothing tells it but who sent it.
@Controller("/console/users/test")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class TestController {
    private static final Logger LOG = LoggerFactory.getLogger(TestController.class);
    private static final String VIEW = "users/test";

    private final Pages pages;
    private final People people;
    private final TemplateVersions versions;
    private final SeenTypes seen;
    private final TestEvents events;
    private final Acts acts;

    TestController(
            Pages pages, People people, TemplateVersions versions, SeenTypes seen, TestEvents events, Acts acts) {
        this.pages = pages;
        this.people = people;
        this.versions = versions;
        this.seen = seen;
        this.events = events;
        this.acts = acts;
    }

    /// @param types with something published; empty where nothing is
    /// @param sample the data as typed, or as the last event had it
    /// @param problem why nothing was sent, or null
    record TestModel(Person person, List<String> types, String type, String sample, String problem) {}

    @Get
    MutableHttpResponse<?> form(@QueryValue String id, @QueryValue Optional<String> type, Visit visit) {
        return people.find(id, "profile")
                .<MutableHttpResponse<?>>map(person -> pages.show(visit, VIEW, model(person, type)))
                .orElseGet(() -> pages.notFound(visit, "user"));
    }

    private TestModel model(Person person, Optional<String> wanted) {
        List<String> types = types();
        Optional<String> type =
                wanted.filter(types::contains).or(() -> types.stream().findFirst());
        return new TestModel(
                person, types, type.orElse(""), type.map(this::sample).orElse("{}"), null);
    }

    private List<String> types() {
        return versions.list().stream()
                .filter(template -> template.published().isPresent())
                .map(TemplateSummary::type)
                .toList();
    }

    private String sample(String type) {
        return seen.latest(type)
                .map(example -> new Sample(example.data()))
                .or(() -> versions.live(type)
                        .map(version -> Sample.madeUp(version.contents().values())))
                .map(Sample::pretty)
                .orElse("{}");
    }

    @Post
    MutableHttpResponse<?> send(@QueryValue String id, Visit visit) {
        Optional<Person> person = people.find(id, "profile");
        if (person.isEmpty()) {
            return pages.notFound(visit, "user");
        }
        String type = visit.form().text("type");
        Optional<TemplateVersion> live = EventType.isValid(type) ? versions.live(type) : Optional.empty();
        if (live.isEmpty()) {
            return refuse(visit, person.get(), "Choose a type that has a published template.");
        }
        return switch (Sample.read(visit.form().raw("sample"))) {
            case Sample.Reading.Refused(int line, String message) ->
                refuse(visit, person.get(), "The data cannot be read. " + message);
            case Sample.Reading.Read(Sample sample) -> send(visit, person.get(), type, sample);
        };
    }

    private MutableHttpResponse<?> send(Visit visit, Person person, String type, Sample sample) {
        UUID event;
        try {
            event = events.send(type, new UserId(person.id()), sample, visit.operator());
        } catch (SQLException | RuntimeException e) {
            LOG.warn("A test event could not be stored: {}", e.getMessage());
            return refuse(visit, person, "The database did not take the event. Try again.");
        }
        acts.record(visit, "user.test", person.id(), Map.of("type", type, "event", event.toString()));
        return HttpResponse.seeOther(UriBuilder.of("/console/templates/" + type + "/tests/" + event)
                .queryParam("user", person.id())
                .queryParam("look", 1)
                .build());
    }

    private MutableHttpResponse<?> refuse(Visit visit, Person person, String problem) {
        return pages.refuse(
                visit,
                VIEW,
                new TestModel(
                        person,
                        types(),
                        visit.form().text("type"),
                        visit.form().raw("sample"),
                        "Nothing was sent. " + problem));
    }
}
