package io.belfry.api.amendment;

import io.belfry.api.access.Grants;
import io.belfry.api.access.KeyActs;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.JsonSettings;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.amendment.Amendment;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.amendment.Author;
import io.belfry.core.schema.DataSchemas;
import io.belfry.core.template.Templates;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/// Edits and recalls what was sent. A key amends its own events, one for operations all; every act is in the audit log.
@Controller("/v1")
@Secured({Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class AmendmentsController {
    private static final String PROMISE =
            " Inboxes show it on every device, live or when it comes back. On a phone's tray"
                    + " it is best effort: the push is replaced or taken away by its collapse id, as far as the phone obeys."
                    + " A key amends what it sent, one with `operations:write` everything.";

    private final Amendments amendments;
    private final DataSchemas schemas;
    private final StrictJson json;
    private final JsonSettings settings;
    private final KeyActs acts;

    AmendmentsController(
            Amendments amendments, DataSchemas schemas, StrictJson json, JsonSettings settings, KeyActs acts) {
        this.amendments = amendments;
        this.schemas = schemas;
        this.json = json;
        this.settings = settings;
        this.acts = acts;
    }

    @Patch("/events/{id}")
    @Operation(
            operationId = "editEvent",
            summary = "Change what the notifications of an event say",
            description =
                    "An event that is being delivered is delivered first. New `data` has to be as the schema of the event's type has it."
                            + PROMISE)
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AmendmentForms.Edit.class)))
    @ApiResponse(
            responseCode = "202",
            description = "It goes on, see the event's amendments",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AmendmentForms.View.class)))
    @MayBeMissing
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> editEvent(
            UUID id, @Body byte[] body, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return edit(
                body,
                new Target("event", () -> amendments.typeOfEvent(id, author(caller))),
                edit -> ofEvent(id, edit, request, caller));
    }

    @Delete("/events/{id}/notifications")
    @Operation(
            operationId = "recallEvent",
            summary = "Take the notifications of an event out of all inboxes",
            description = "Nobody else gets it from then on, and pushes that wait are not sent." + PROMISE)
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
    @ApiResponse(
            responseCode = "202",
            description = "It goes on, see the event's amendments",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AmendmentForms.View.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> recallEvent(
            UUID id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return ofEvent(id, new Amendment.Recall(), request, caller);
    }

    @Get("/events/{id}/amendments")
    @Operation(operationId = "listAmendments", summary = "Tell how far edits and recalls of an event have come")
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
    @ApiResponse(
            responseCode = "200",
            description = "All of them",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AmendmentForms.Views.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> list(UUID id, Authentication caller) {
        return amendments
                .of(id, author(caller))
                .<MutableHttpResponse<?>>map(found -> HttpResponse.ok(new AmendmentForms.Views(
                        found.stream().map(AmendmentForms.View::of).toList())))
                .orElseGet(() -> Problem.notFound("event").response());
    }

    @Patch("/notifications/{id}")
    @Operation(
            operationId = "editNotification",
            summary = "Change what one notification says",
            description = "At once; one that was recalled stays so." + PROMISE)
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AmendmentForms.Edit.class)))
    @ApiResponse(responseCode = "204", description = "It says that now, unless it was recalled.")
    @MayBeMissing
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> editNotification(
            UUID id, @Body byte[] body, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return edit(
                body,
                new Target("notification", () -> amendments.typeOfNotification(id, author(caller))),
                edit -> ofNotification(id, edit, request, caller));
    }

    @Delete("/notifications/{id}")
    @Operation(
            operationId = "recallNotification",
            summary = "Take one notification out of its inbox",
            description = "At once, and its push is not sent if it waits." + PROMISE)
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_WRITE, Grants.OPERATIONS_WRITE})
    @ApiResponse(responseCode = "204", description = "It is in no list any more.")
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> recallNotification(
            UUID id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return ofNotification(id, new Amendment.Recall(), request, caller);
    }

    private MutableHttpResponse<?> ofEvent(
            UUID id, Amendment amendment, HttpRequest<?> request, Authentication caller) {
        return amendments
                .ofEvent(id, amendment, author(caller))
                .<MutableHttpResponse<?>>map(report -> {
                    acts.record(caller, request, "event." + amendment.label(), id.toString(), Map.of());
                    return HttpResponse.accepted().body(AmendmentForms.View.of(report));
                })
                .orElseGet(() -> Problem.notFound("event").response());
    }

    private MutableHttpResponse<?> ofNotification(
            UUID id, Amendment amendment, HttpRequest<?> request, Authentication caller) {
        if (amendments.ofNotification(id, amendment, author(caller)).isEmpty()) {
            return Problem.notFound("notification").response();
        }
        acts.record(caller, request, "notification." + amendment.label(), id.toString(), Map.of());
        return HttpResponse.noContent();
    }

    private Author author(Authentication caller) {
        boolean ofAll = caller.getRoles().contains(Grants.OPERATIONS_WRITE);
        return new Author(
                "API key " + acts.nameOf(caller),
                ofAll ? Optional.empty() : Optional.of(UUID.fromString(caller.getName())));
    }

    /// What is edited.
    ///
    /// @param type of its data; empty when it is not there
    private record Target(String name, Supplier<Optional<String>> type) {}

    private MutableHttpResponse<?> edit(
            byte[] body, Target target, Function<Amendment.Edit, MutableHttpResponse<?>> act) {
        return json.answer(
                body,
                fields -> {
                    Optional<Amendment.Edit> edit = read(fields);
                    if (edit.isEmpty()) {
                        return fields.faults().problem().response();
                    }
                    Optional<String> type = target.type.get();
                    if (type.isEmpty()) {
                        return Problem.notFound(target.name).response();
                    }
                    edit.get().data().ifPresent(data -> schemas.violations(type.get(), data)
                            .forEach(v -> fields.faults().add("/data" + v.pointer(), v.detail())));
                    return fields.faults().isEmpty()
                            ? act.apply(edit.get())
                            : fields.faults().problem().response();
                },
                "title",
                "body",
                "link",
                "data");
    }

    private Optional<Amendment.Edit> read(Fields fields) {
        Optional<String> title = words(fields, "title");
        Optional<String> text = words(fields, "body");
        Optional<String> link = fields.optionalText(
                "link",
                l -> l.length() <= Amendment.MAX_LINK && Templates.isSafeLink(l),
                "https://…, app:… or /path, at most " + Amendment.MAX_LINK + " characters");
        Optional<String> data =
                fields.optionalObject("data", settings.maxBytes()).map(Object::toString);
        if (fields.faults().isEmpty()
                && List.of("title", "body", "link", "data").stream().noneMatch(fields::has)) {
            fields.faults().add("", "expected: title, body, link or data");
        }
        return fields.faults().isEmpty() ? Optional.of(new Amendment.Edit(title, text, link, data)) : Optional.empty();
    }

    private static Optional<String> words(Fields fields, String name) {
        return fields.optionalText(
                name,
                text -> !text.isBlank() && text.length() <= Amendment.MAX_TEXT,
                "1 to " + Amendment.MAX_TEXT + " characters");
    }
}
