package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.problem.Problem;
import io.belfry.core.event.Appended;
import io.belfry.core.event.EventId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Takes events from services. Runs on the event loop: reading a body is quick, and the wait for the commit holds no
/// thread.
@Controller("/v1/events")
@Secured(Grants.EVENTS_WRITE)
final class EventsController {
    private final Envelope envelope;
    private final Intake intake;

    EventsController(Envelope envelope, Intake intake) {
        this.envelope = envelope;
        this.intake = intake;
    }

    /// A durable event.
    @Serdeable
    record Accepted(String id, String acceptedAt) {}

    /// Answers 202 once the event is committed, with `Idempotency-Replayed: true` when its key was known.
    @Post
    @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
    CompletableFuture<MutableHttpResponse<?>> post(
            @Body byte[] body,
            @Header("Idempotency-Key") Optional<String> idempotencyKey,
            @Header("traceparent") Optional<String> traceparent,
            Authentication caller) {
        return switch (envelope.read(body, UUID.fromString(caller.getName()), idempotencyKey, traceparent)) {
            case Envelope.Reading.Refused(Problem problem) -> CompletableFuture.completedFuture(problem.response());
            case Envelope.Reading.Event(var event) -> intake.accept(event).thenApply(EventsController::answer);
        };
    }

    private static MutableHttpResponse<?> answer(Optional<Appended> outcome) {
        if (outcome.isEmpty()) {
            return Problem.unavailable().response().header("Retry-After", "1");
        }
        return switch (outcome.get()) {
            case Appended.Stored(UUID id) -> accepted(id);
            case Appended.Replayed(UUID id) -> accepted(id).header("Idempotency-Replayed", "true");
            case Appended.KeyReused reused -> Problem.keyReused().response();
        };
    }

    private static MutableHttpResponse<Accepted> accepted(UUID id) {
        return HttpResponse.accepted()
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(new Accepted(id.toString(), EventId.acceptedAt(id).toString()));
    }
}
