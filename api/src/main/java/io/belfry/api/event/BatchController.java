package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.document.RefusesTooMany;
import io.belfry.api.problem.Problem;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
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
import java.util.stream.IntStream;

/// Takes many events in one request; all that are right share one commit. Runs on the event loop, as
/// [EventsController] does.
@Controller("/v1/events:batch")
@Secured(Grants.EVENTS_WRITE)
@Tag(name = Document.EVENTS)
final class BatchController {
    static final String NDJSON = "application/x-ndjson";

    private final EventReader reader;
    private final Reception reception;
    private final IntakeSettings settings;

    BatchController(EventReader reader, Reception reception, IntakeSettings settings) {
        this.reader = reader;
        this.reception = reception;
        this.settings = settings;
    }

    @Serdeable
    @Schema(name = "BatchAnswer")
    record Answer(int accepted, int refused, List<Result> results) {}

    /// What became of one event: what it would have been answered alone.
    @Serdeable
    @Schema(name = "BatchResult", description = "What the event would have been answered alone")
    record Result(
            int status,
            @Nullable UUID id,
            @Nullable Instant acceptedAt,
            @Nullable Boolean replayed,
            @Nullable Problem problem) {
        static Result of(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Accepted(UUID id, Instant at) -> new Result(202, id, at, null, null);
                case Outcome.Replayed(UUID id, Instant at) -> new Result(202, id, at, true, null);
                case Outcome.Refused(Problem problem) -> new Result(problem.status(), null, null, null, problem);
            };
        }
    }

    @Post
    @Operation(
            operationId = "sendEvents",
            summary = "Send many events at once",
            description = """
                    Up to 1,000 events and 4 MiB. Each has its own result, in the order of the request, and one that is \
                    refused keeps no other from being accepted.""",
            parameters =
                    @Parameter(
                            in = ParameterIn.HEADER,
                            name = "Idempotency-Key",
                            description =
                                    "Makes a key for each event that has no `id`, so that the same request can be sent again.",
                            schema = @Schema(type = "string", maxLength = 255)),
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON,
                                        array =
                                                @ArraySchema(
                                                        schema = @Schema(implementation = EventForm.class),
                                                        minItems = 1,
                                                        maxItems = 1000)),
                                @Content(
                                        mediaType = NDJSON,
                                        schema =
                                                @Schema(
                                                        implementation = String.class,
                                                        description = "One event a line"))
                            }))
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @ApiResponse(
            responseCode = "202",
            description = "All are durable.",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Answer.class)))
    @ApiResponse(
            responseCode = "207",
            description = "Some were refused; the results tell which, and why.",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Answer.class)))
    @RefusesBodies
    @RefusesTooMany
    @RefusesStrangers
    @Consumes({MediaType.APPLICATION_JSON, NDJSON})
    CompletableFuture<MutableHttpResponse<?>> post(
            @Parameter(hidden = true) HttpRequest<?> request,
            @Parameter(hidden = true) @Body byte[] body,
            Authentication authentication) {
        if (body.length > settings.maxBatchBytes()) {
            return refusal(Problem.tooLarge(settings.maxBatchBytes()));
        }
        Caller caller = Caller.of(request, authentication);
        if (caller.key().filter(key -> !Draft.isKey(key)).isPresent()) {
            return refusal(Problem.invalid("Idempotency-Key (" + Draft.KEY_EXPECTED + ")"));
        }
        boolean lines = request.getContentType()
                .filter(type -> type.getName().equals(NDJSON))
                .isPresent();
        return switch (lines ? reader.lines(body) : reader.array(body)) {
            case EventReader.Batch.Unreadable(Problem problem) -> refusal(problem);
            case EventReader.Batch.Items(List<Item> items)
            when items.isEmpty() -> refusal(Problem.invalid("expected: 1 to " + settings.maxBatch() + " events"));
            case EventReader.Batch.Items(List<Item> items) -> {
                caller.key().ifPresent(key -> number(items, key));
                yield reception.receive(items, caller).thenApply(Answers::all);
            }
        };
    }

    private static CompletableFuture<MutableHttpResponse<?>> refusal(Problem problem) {
        return CompletableFuture.completedFuture(problem.response());
    }

    /// A key of the request makes one for each event that has none: sent again, the same events have the same keys.
    private static void number(List<Item> items, String key) {
        IntStream.range(0, items.size()).forEach(i -> {
            if (items.get(i) instanceof Item.Readable(Draft draft)) {
                draft.derivedKey(key + " " + i);
            }
        });
    }
}
