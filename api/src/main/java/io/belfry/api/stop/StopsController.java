package io.belfry.api.stop;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.AuditLog;
import io.belfry.core.category.Categories;
import io.belfry.core.stop.Stop;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
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
import java.util.Optional;
import java.util.UUID;

/// The emergency stop.
@Controller("/v1/stops")
@Secured(Grants.STOPS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.STOPS)
final class StopsController {
    private final Stops stops;
    private final Categories categories;
    private final ApiKeys keys;
    private final StrictJson json;

    StopsController(Stops stops, Categories categories, ApiKeys keys, StrictJson json) {
        this.stops = stops;
        this.categories = categories;
        this.keys = keys;
        this.json = json;
    }

    @Get
    @Operation(operationId = "listStops", summary = "Tell what is stopped, and what that holds")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.STOPS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "What is stopped now",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StopForms.Views.class)))
    @RefusesStrangers
    MutableHttpResponse<?> list() {
        return HttpResponse.ok(new StopForms.Views(stops.list().stream()
                .map(stop -> StopForms.View.of(stop, stops.held(stop.target())))
                .toList()));
    }

    @Put("/{target}")
    @Operation(operationId = "stop", summary = "Stop pushes, bulk, or a category", description = """
                    On all nodes, within two seconds. Events are still accepted, and are held with the broadcasts and pushes \
                    that are due, until the stop ends. What was stopped before stays so, with its first reason.""")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.STOPS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StopForms.Change.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It is stopped",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StopForms.View.class)))
    @MayBeMissing
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> stop(
            @Parameter(description = "`push`, `bulk`, or `category:` and its id") String target,
            @Body byte[] body,
            @Parameter(hidden = true) HttpRequest<?> request,
            Authentication caller) {
        Optional<StopTarget> found = StopTarget.ofLabel(target).filter(this::isThere);
        return found.isEmpty()
                ? Problem.notFound("target").response()
                : json.answer(body, fields -> stop(found.get(), fields, origin(request, caller)), "reason");
    }

    private boolean isThere(StopTarget target) {
        return switch (target) {
            case StopTarget.Push _, StopTarget.Bulk _ -> true;
            case StopTarget.Category(String id) -> categories.find(id).isPresent();
        };
    }

    private MutableHttpResponse<?> stop(StopTarget target, Fields fields, AuditLog.Origin origin) {
        Optional<String> reason = fields.optionalText(
                "reason",
                text -> text.length() <= StopForms.MAX_REASON,
                "at most " + StopForms.MAX_REASON + " characters");
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        stops.stop(target, reason.orElse(""), origin);
        // Somebody else may have ended it already.
        Optional<Stop> stop = stops.find(target);
        return stop.isPresent()
                ? HttpResponse.ok(StopForms.View.of(stop.get(), stops.held(target)))
                : Problem.notFound("stop").response();
    }

    @Delete("/{target}")
    @Operation(operationId = "endStop", summary = "End a stop, and release or discard what it holds", description = """
                    What is released goes out in the order in which it was accepted. What is discarded reaches nobody: events \
                    leave a trace for each recipient that says so, broadcasts are cancelled.""")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.STOPS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "It is stopped no more",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = StopForms.End.class)))
    @MayBeMissing
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> end(
            @Parameter(description = "`push`, `bulk`, or `category:` and its id") String target,
            @Parameter(
                            description = "What becomes of what is held",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"release", "discard"}))
                    @QueryValue
                    String held,
            @Parameter(hidden = true) HttpRequest<?> request,
            Authentication caller) {
        Optional<StopTarget> found = StopTarget.ofLabel(target);
        if (found.isEmpty()) {
            return Problem.notFound("stop").response();
        }
        AuditLog.Origin origin = origin(request, caller);
        return switch (held) {
            case "release" -> ended(stops.release(found.get(), origin), found.get(), "released");
            case "discard" -> ended(stops.discard(found.get(), origin), found.get(), "discarded");
            default -> Problem.invalid("held (expected: release or discard)").response();
        };
    }

    private static MutableHttpResponse<?> ended(boolean done, StopTarget target, String held) {
        return done
                ? HttpResponse.ok(StopForms.End.of(target, held))
                : Problem.notFound("stop").response();
    }

    private AuditLog.Origin origin(HttpRequest<?> request, Authentication caller) {
        String name =
                keys.find(UUID.fromString(caller.getName())).map(ApiKey::name).orElse("");
        return new AuditLog.Origin(
                "API key " + name, request.getRemoteAddress().getAddress().getHostAddress());
    }
}
