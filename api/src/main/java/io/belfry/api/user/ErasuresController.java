package io.belfry.api.user;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.problem.Problem;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.AuditLog;
import io.belfry.core.export.UserExport;
import io.belfry.core.user.Erasure;
import io.belfry.core.user.Erasures;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.server.types.files.StreamedFile;
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

/// What the law gives people: to get all that is kept of them, and to have it erased.
@Controller
@Secured(Grants.USERS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.USERS)
final class ErasuresController {
    private final Erasures erasures;
    private final UserExport export;
    private final ApiKeys keys;
    private final AuditLog audit;

    ErasuresController(Erasures erasures, UserExport export, ApiKeys keys, AuditLog audit) {
        this.erasures = erasures;
        this.export = export;
        this.keys = keys;
        this.audit = audit;
    }

    @Serdeable
    @Schema(name = "Erasure")
    record View(
            UUID id,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"erasing", "done"},
                    description = "`done` once the events of the past hold the person no more")
            String state,

            Instant requestedAt,
            @Nullable Instant finishedAt,

            @Schema(requiredMode = REQUIRED, description = "In how many events the person was, so far")
            long events) {
        static View of(Erasure erasure) {
            return new View(
                    erasure.id(),
                    erasure.finishedAt().isPresent() ? "done" : "erasing",
                    erasure.requestedAt(),
                    erasure.finishedAt().orElse(null),
                    erasure.events());
        }
    }

    @Delete("/v1/users/{id}")
    @Operation(operationId = "eraseUser", summary = "Erase a user", description = """
                    When this is answered the inbox, devices, receipts and topics of the user are gone, nothing that was sent \
                    to them before reaches them any more, and their connections are closed. Events of the past are gone through \
                    afterwards: those for the user alone lose their data, in others a pseudonym stands where the id was. An \
                    event that names the id later makes a new user.""")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "202",
            description = "The user is erased but for the events of the past.",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> erase(
            String id, @Parameter(hidden = true) HttpRequest<?> request, Authentication authentication) {
        String by = keys.find(UUID.fromString(authentication.getName()))
                .map(ApiKey::name)
                .orElse("");
        return erasures.begin(id, by)
                .<MutableHttpResponse<?>>map(erasure -> {
                    audit.record(
                            "API key " + by,
                            "user.erase",
                            erasure.pseudonym(),
                            request.getRemoteAddress().getAddress().getHostAddress(),
                            Map.of("erasure", erasure.id().toString()));
                    return HttpResponse.accepted().body(View.of(erasure));
                })
                .orElseGet(() -> Problem.notFound("user").response());
    }

    @Get("/v1/erasures/{id}")
    @Operation(operationId = "getErasure", summary = "Tell how far an erasure has come")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "How far it has come",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(UUID id) {
        return erasures.find(id)
                .<MutableHttpResponse<?>>map(erasure -> HttpResponse.ok(View.of(erasure)))
                .orElseGet(() -> Problem.notFound("erasure").response());
    }

    @Get("/v1/users/{id}/export")
    @Operation(operationId = "exportUser", summary = "Export all that is kept of a user", description = """
                    One JSON object, however large: who they are, their devices, what they follow, what each device proved to \
                    have, and every notification with what became of it. It is written as it is read, and breaks off where that \
                    fails.""")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "All that is kept of the user",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ExportForm.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> export(String id) {
        return export.of(id)
                .<MutableHttpResponse<?>>map(
                        stream -> HttpResponse.ok(new StreamedFile(stream, MediaType.APPLICATION_JSON_TYPE)))
                .orElseGet(() -> Problem.notFound("user").response());
    }
}
