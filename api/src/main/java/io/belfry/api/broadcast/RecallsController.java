package io.belfry.api.broadcast;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.access.KeyActs;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.problem.Problem;
import io.belfry.core.broadcast.Recall;
import io.belfry.core.broadcast.RecallReport;
import io.belfry.core.broadcast.Recalls;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// Takes back broadcasts that went out; the act is in the audit log.
@Controller("/v1/broadcasts")
@Secured(Grants.OPERATIONS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.OPERATIONS)
final class RecallsController {
    private final Recalls recalls;
    private final KeyActs acts;

    RecallsController(Recalls recalls, KeyActs acts) {
        this.recalls = recalls;
        this.acts = acts;
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "BroadcastRecall", description = "How far the recall of a broadcast has come")
    record View(
            @Schema(requiredMode = REQUIRED, format = "uuid")
            String broadcastId,

            @Schema(requiredMode = REQUIRED) Instant requestedAt,

            @Nullable @Schema(description = "Absent while phones are still to be told")
            Instant finishedAt,

            @Schema(requiredMode = REQUIRED, description = "Pushes that phones may have, as far as it has looked")
            long pushes,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "Of them, those of which the phone was told, or cannot be, since it is gone")
            long pushesWithdrawn) {
        static View of(RecallReport report) {
            return new View(
                    report.broadcast().toString(),
                    report.requestedAt(),
                    report.finishedAt().orElse(null),
                    report.pushes(),
                    report.withdrawn());
        }
    }

    @Delete("/{id}/announcement")
    @Operation(
            operationId = "recallBroadcast",
            summary = "Take a broadcast out of all inboxes",
            description = "No list has it from then on: devices take it away live, or when they come back. Waves and"
                    + " pushes that did not go out never do. Pushes that phones have are withdrawn by a silent message,"
                    + " as far as the phone obeys. Asked again, it tells how far that has come.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "202",
            description = "It is in no list any more; phones are told",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @ApiResponse(
            responseCode = "409",
            description = "Nothing of it went out. What is scheduled or held is cancelled in the console.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> recallBroadcast(
            UUID id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return switch (recalls.recall(id, "API key " + acts.nameOf(caller))) {
            case Recall.Begun(RecallReport report) -> {
                acts.record(caller, request, "broadcast.recall", id.toString(), Map.of());
                yield HttpResponse.accepted().body(View.of(report));
            }
            case Recall.Repeated(RecallReport report) -> HttpResponse.accepted().body(View.of(report));
            case Recall.NothingOut(var state) ->
                Problem.nothingOut(state.label()).response();
            case Recall.Unknown() -> Problem.notFound("broadcast").response();
        };
    }

    @Get("/{id}/recall")
    @Operation(operationId = "getBroadcastRecall", summary = "Tell how far the recall of a broadcast has come")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "How far it is",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(UUID id) {
        return recalls.of(id)
                .<MutableHttpResponse<?>>map(report -> HttpResponse.ok(View.of(report)))
                .orElseGet(() -> Problem.notFound("recalled broadcast").response());
    }
}
