package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.document.RefusesTooMany;
import io.belfry.api.problem.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.body.CloseableAvailableByteBody;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Takes CloudEvents. Runs on the event loop, as [EventsController] does.
@Controller("/v1/cloudevents")
@Secured(Grants.EVENTS_WRITE)
@Tag(name = Document.EVENTS)
final class CloudEventsController {
    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCH = "application/cloudevents-batch+json";

    private final CloudEventReader reader;
    private final Reception reception;

    CloudEventsController(CloudEventReader reader, Reception reception) {
        this.reader = reader;
        this.reception = reception;
    }

    @Post
    @Operation(operationId = "sendCloudEvents", summary = "Send CloudEvents 1.0", description = """
                    In binary content mode (`ce-` headers, the data as the body), structured, or batched. An event is answered as \
                    by `POST /v1/events`, a batch as by `POST /v1/events:batch`. `source` and `id` together are the \
                    idempotency key; the extension attributes `recipients` (user ids, separated by commas), `topic`, \
                    `actor`, `priority` and `category` say what Belfry's own fields of these names say. The data is a \
                    JSON object.""")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = STRUCTURED, schema = @Schema(implementation = CloudEventForm.class)),
                @Content(
                        mediaType = BATCH,
                        array =
                                @ArraySchema(
                                        schema = @Schema(implementation = CloudEventForm.class),
                                        minItems = 1,
                                        maxItems = 1000)),
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = "object", description = "The data, where the attributes are headers"))
            })
    @ApiResponse(
            responseCode = "202",
            description = "Everything is durable.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(oneOf = {EventsController.Accepted.class, BatchController.Answer.class})))
    @ApiResponse(
            responseCode = "207",
            description = "Of a batch some were refused; the results tell which, and why.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BatchController.Answer.class)))
    @ApiResponse(
            responseCode = "409",
            description = "Another request with this source and id is still under way, see `Retry-After`.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RefusesBodies
    @RefusesTooMany
    @RefusesStrangers
    @Consumes(MediaType.ALL)
    CompletableFuture<MutableHttpResponse<?>> post(
            @Parameter(hidden = true) HttpRequest<?> request, Authentication authentication) {
        Caller caller = Caller.of(request, authentication);
        return body(request).thenCompose(body -> receive(request, body, caller));
    }

    /// Not a parameter of the method, since an event may be without data.
    private static CompletableFuture<byte[]> body(HttpRequest<?> request) {
        return ((ServerHttpRequest<?>) request).byteBody().buffer().thenApply(CloseableAvailableByteBody::toByteArray);
    }

    private CompletableFuture<MutableHttpResponse<?>> receive(HttpRequest<?> request, byte[] body, Caller caller) {
        String type = request.getContentType().map(MediaType::getName).orElse("");
        if (type.equals(BATCH)) {
            return batch(body, caller);
        }
        if (type.equals(STRUCTURED)) {
            return one(reader.structured(body), caller);
        }
        return CloudEventReader.isBinary(request.getHeaders())
                ? one(reader.binary(request.getHeaders(), body), caller)
                : refusal(Problem.unsupportedMediaType(
                        "Content-Type (expected: " + STRUCTURED + ", " + BATCH + ", or a header ce-specversion)"));
    }

    private CompletableFuture<MutableHttpResponse<?>> one(Item item, Caller caller) {
        return reception.receive(List.of(item), caller).thenApply(outcomes -> Answers.one(outcomes.getFirst()));
    }

    private CompletableFuture<MutableHttpResponse<?>> batch(byte[] body, Caller caller) {
        return switch (reader.batch(body)) {
            case EventReader.Batch.Unreadable(Problem problem) -> refusal(problem);
            case EventReader.Batch.Items(List<Item> items)
            when items.isEmpty() -> refusal(Problem.invalid("expected: one event at least"));
            case EventReader.Batch.Items(List<Item> items) ->
                reception.receive(items, caller).thenApply(Answers::all);
        };
    }

    private static CompletableFuture<MutableHttpResponse<?>> refusal(Problem problem) {
        return CompletableFuture.completedFuture(problem.response());
    }
}
