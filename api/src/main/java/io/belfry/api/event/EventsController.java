package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.document.RefusesTooMany;
import io.belfry.api.problem.Problem;
import io.belfry.core.event.EventId;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Takes events from services. Runs on the event loop: reading a body is quick, and the wait for the commit holds no
/// thread.
@Controller("/v1/events")
@Secured(Grants.EVENTS_WRITE)
@Tag(name = Document.EVENTS)
final class EventsController {
    private final EventReader reader;
    private final Reception reception;

    EventsController(EventReader reader, Reception reception) {
        this.reader = reader;
        this.reception = reception;
    }

    /// A durable event.
    @Serdeable
    @Schema(name = "Accepted")
    record Accepted(
            @Schema(requiredMode = REQUIRED, format = "uuid", description = "Minted by the server")
            String id,

            @Schema(requiredMode = REQUIRED, format = "date-time")
            String acceptedAt,

            @Nullable @Schema(format = "date-time", description = "When it is delivered, where that is later")
            String deliverAt) {
        static Accepted of(UUID id, Instant acceptedAt) {
            Instant due = EventId.acceptedAt(id);
            return new Accepted(id.toString(), acceptedAt.toString(), due.isAfter(acceptedAt) ? due.toString() : null);
        }
    }

    @Post
    @Operation(
            operationId = "sendEvent",
            summary = "Send an event",
            description = """
                    Answers 202 once the event is committed: from then on it is delivered, whatever fails. An event sent \
                    again with the same idempotency key by the same API key is answered what the first was, with \
                    `Idempotency-Replayed: true`.""",
            parameters =
                    @Parameter(
                            in = ParameterIn.HEADER,
                            name = "Idempotency-Key",
                            description = "The same as `id` in the body. It holds for 24 hours at least.",
                            schema = @Schema(type = "string", maxLength = 255)))
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EventForm.class)))
    @ApiResponse(
            responseCode = "202",
            description = "The event is durable.",
            headers =
                    @Header(
                            name = "Idempotency-Replayed",
                            description = "`true` where an earlier request with this key had stored it",
                            schema = @Schema(implementation = Boolean.class)),
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Accepted.class)))
    @ApiResponse(
            responseCode = "409",
            description = "Another request with this idempotency key is still under way, see `Retry-After`.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RefusesBodies
    @RefusesTooMany
    @RefusesStrangers
    CompletableFuture<MutableHttpResponse<?>> post(
            @Parameter(hidden = true) HttpRequest<?> request, @Body byte[] body, Authentication authentication) {
        Caller caller = Caller.of(request, authentication);
        Item item = reader.one(body);
        if (item instanceof Item.Readable(Draft draft)) {
            caller.key().ifPresent(draft::headerKey);
        }
        return reception.receive(List.of(item), caller).thenApply(outcomes -> Answers.one(outcomes.getFirst()));
    }
}
