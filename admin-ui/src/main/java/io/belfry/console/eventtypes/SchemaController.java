package io.belfry.console.eventtypes;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventType;
import io.belfry.core.event.SeenTypes;
import io.belfry.core.schema.DataSchema;
import io.belfry.core.schema.DataSchemas;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The JSON Schema of an event type's data.
@Controller("/console/event-types/{type}/schema")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class SchemaController {
    private static final String VIEW = "event-types/schema";
    private static final int SHOWN = 5;

    private final Pages pages;
    private final DataSchemas schemas;
    private final SeenTypes seen;
    private final Acts acts;

    SchemaController(Pages pages, DataSchemas schemas, SeenTypes seen, Acts acts) {
        this.pages = pages;
        this.schemas = schemas;
        this.seen = seen;
        this.acts = acts;
    }

    /// @param text as typed
    /// @param before what it was when it was opened
    /// @param latest the data of the newest event; null where there is none, or not for this role
    /// @param misfits what of that event the schema in force would refuse
    record Model(
            String type,
            String text,
            String before,
            List<String> problems,
            String trouble,
            String latest,
            List<DataSchema.Violation> misfits) {}

    @Get
    MutableHttpResponse<?> show(String type, Visit visit) {
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "event type");
        }
        String now = schemas.of(type).orElse("");
        return pages.show(visit, VIEW, model(type, now, now, List.of(), null, visit));
    }

    private Model model(String type, String text, String before, List<String> problems, String trouble, Visit visit) {
        Optional<String> latest = seen.latest(type).map(SeenTypes.Example::data);
        List<DataSchema.Violation> misfits =
                latest.map(data -> schemas.violations(type, data)).orElse(List.of());
        return new Model(
                type,
                text,
                before,
                problems,
                trouble,
                visit.may(Role.EDITOR) ? latest.orElse(null) : null,
                misfits.stream().limit(SHOWN).toList());
    }

    @Post
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> save(String type, Visit visit) {
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "event type");
        }
        String text = visit.form().text("schema");
        String before = visit.form().text("before");
        return switch (schemas.save(type, given(before), given(text))) {
            case DataSchemas.Saved.Refused(List<String> problems) ->
                pages.refuse(visit, VIEW, model(type, text, before, problems, null, visit));
            case DataSchemas.Saved.Conflict(Optional<String> now) ->
                pages.refuse(
                        visit,
                        VIEW,
                        model(
                                type,
                                text,
                                now.orElse(""),
                                List.of(),
                                "Somebody else changed the schema since you opened it. Yours is not saved yet; saving it now"
                                        + " replaces theirs.",
                                visit));
            case DataSchemas.Saved.Kept() -> {
                acts.record(
                        visit,
                        "event_type.schema",
                        type,
                        Map.of("schema", text.isEmpty() ? "none" : text.length() + " characters"));
                yield pages.go(
                        visit,
                        "/console/event-types?q=" + type,
                        Flash.done(
                                text.isEmpty()
                                        ? type + " takes any data now."
                                        : "Events of " + type + " must be as the schema has it from now on."));
            }
        };
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(t -> !t.isEmpty());
    }
}
