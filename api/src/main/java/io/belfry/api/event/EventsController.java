package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.document.ServiceRefusals;
import io.belfry.api.problem.Problem;
import io.belfry.core.event.EventId;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Takes events from services. Runs on the event loop: reading a body is quick, and the wait for the commit holds no
/// thread.
@Controller("/v1/events")
@Secured(Grants.EVENTS_WRITE)
@Tag(name = "Events")
final class EventsController {
    static final Duration RETRY = Duration.ofSeconds(1);

    private final EventReader reader;
    private final Reception reception;

    EventsController(EventReader reader, Reception reception) {
        this.reader = reader;
        this.reception = reception;
    }

    /// A durable event.
    @Serdeable
    record Accepted(String id, String acceptedAt) {
        static Accepted of(UUID id) {
            return new Accepted(id.toString(), EventId.acceptedAt(id).toString());
        }
    }

    @Post
    @Operation(summary = "Send an event", description = "Answers 202 once the event is committed.")
    @RequestBody(content = @Content(mediaType = "application/json", schema = @Schema(implementation = EventForm.class)))
    @ApiResponse(
            responseCode = "202",
            description = "The event is durable.",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Accepted.class)))
    @ServiceRefusals
    CompletableFuture<MutableHttpResponse<?>> post(
            HttpRequest<?> request, @Body byte[] body, Authentication authentication) {
        Caller caller = Caller.of(request, authentication);
        Item item = reader.one(body);
        if (item instanceof Item.Readable(Draft draft)) {
            caller.key().ifPresent(draft::headerKey);
        }
        return reception.receive(List.of(item), caller).thenApply(outcomes -> answer(outcomes.getFirst()));
    }

    private static MutableHttpResponse<?> answer(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted(UUID id) -> accepted(id);
            case Outcome.Replayed(UUID id) -> accepted(id).header("Idempotency-Replayed", "true");
            case Outcome.Refused(Problem problem) ->
                problem.status() == 503 || problem.status() == 409 ? problem.response(RETRY) : problem.response();
        };
    }

    private static MutableHttpResponse<Accepted> accepted(UUID id) {
        return HttpResponse.<Accepted>accepted()
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(Accepted.of(id));
    }
}
