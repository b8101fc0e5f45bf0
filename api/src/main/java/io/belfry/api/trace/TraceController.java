package io.belfry.api.trace;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.JsonTrees;
import io.belfry.api.problem.Problem;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import java.util.UUID;

/// The way of one notification: for a service whosever it is, for a user their own.
@Controller("/v1/notifications")
@Secured({Grants.EVENTS_READ, Grants.USER})
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class TraceController {
    private final Traces traces;
    private final JsonTrees json;

    TraceController(Traces traces, JsonTrees json) {
        this.traces = traces;
        this.json = json;
    }

    @Get("/{id}/trace")
    @Operation(
            operationId = "notificationTrace",
            summary = "Tell the way of one notification",
            description = "Users see those that are theirs, keys with `events:read` all.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_READ)
    @SecurityRequirement(name = Document.USER_TOKEN)
    @ApiResponse(
            responseCode = "200",
            description = "From acceptance to receipts and pushes",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TraceView.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> trace(UUID id, Authentication caller) {
        Optional<NotificationTrace> trace = traces.of(id).filter(found -> maySee(caller, found));
        return trace.isPresent()
                ? HttpResponse.ok(TraceView.of(trace.get(), json.of(trace.get().data())))
                : Problem.notFound("notification").response();
    }

    /// Somebody else's looks to a user as if there were none.
    private static boolean maySee(Authentication caller, NotificationTrace trace) {
        return caller.getRoles().contains(Grants.EVENTS_READ) || trace.userId().equals(caller.getName());
    }
}
