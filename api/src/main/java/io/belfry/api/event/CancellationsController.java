package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.problem.Problem;
import io.belfry.core.event.Cancellation;
import io.belfry.core.event.Cancellations;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Takes events back. A key cancels its own events.
@Controller("/v1/events")
@Secured(Grants.EVENTS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class CancellationsController {
    private final Cancellations cancellations;

    CancellationsController(Cancellations cancellations) {
        this.cancellations = cancellations;
    }

    /// What came of it, for one event.
    @Serdeable
    @Schema(name = "Cancellation")
    record View(
            @Schema(requiredMode = REQUIRED, format = "uuid")
            String id,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    description = "How much was taken back: the `whole` event, so that nobody got nor will get it; a"
                            + " `part`; or `none`, since all was delivered before",
                    allowableValues = {"whole", "part", "none"})
            String cancelled,

            @Schema(requiredMode = REQUIRED, description = "Notifications that are in inboxes, and stay there")
            long written,

            @Schema(requiredMode = REQUIRED, description = "Pushes that waited and will not be sent")
            long pushesWithdrawn,

            @Schema(requiredMode = REQUIRED, description = "Notifications for which a push had been tried already")
            long pushesSent) {
        static View of(Cancellation cancellation) {
            return new View(
                    cancellation.event().toString(),
                    cancellation.extent().label(),
                    cancellation.written(),
                    cancellation.withdrawn(),
                    cancellation.sent());
        }
    }

    /// @param events newest first
    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Cancellations")
    record Views(
            @Schema(requiredMode = REQUIRED, description = "Newest first, at most " + Cancellations.MAX_EVENTS)
            List<View> events) {}

    @Delete("/{id}")
    @Operation(
            operationId = "cancelEvent",
            summary = "Take an event back, as far as it was not delivered",
            description = "Asked again, it tells the same.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "What was taken back, and what had been delivered",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> cancel(UUID id, Authentication caller) {
        Optional<Cancellation> cancellation = cancellations.cancel(UUID.fromString(caller.getName()), id);
        return cancellation.isPresent()
                ? HttpResponse.ok(View.of(cancellation.get()))
                : Problem.notFound("event").response();
    }

    @Delete
    @Operation(
            operationId = "cancelEvents",
            summary = "Take back all events that were sent with a cancellation key",
            description = "What is delivered at the same time is told truly of each.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "What came of each; none where no event has that key",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Views.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> cancelAll(@QueryValue String cancellationKey, Authentication caller) {
        if (DraftOptions.key(cancellationKey).isEmpty()) {
            return Problem.invalid("cancellationKey (" + DraftOptions.KEY_EXPECTED + ")")
                    .response();
        }
        UUID key = UUID.fromString(caller.getName());
        return HttpResponse.ok(new Views(cancellations.events(key, cancellationKey).stream()
                .flatMap(event -> cancellations.cancel(key, event).stream())
                .map(View::of)
                .toList()));
    }
}
