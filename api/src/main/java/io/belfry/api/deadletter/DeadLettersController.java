package io.belfry.api.deadletter;

import io.belfry.api.access.Grants;
import io.belfry.api.access.KeyActs;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.deadletter.DeadLetter;
import io.belfry.core.deadletter.DeadLetterFilter;
import io.belfry.core.deadletter.DeadLetters;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

/// What failed for good, and what can be done about it. Every act is in the audit log.
@Controller
@Secured(Grants.OPERATIONS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.OPERATIONS)
final class DeadLettersController {
    private final DeadLetters letters;
    private final StrictJson json;
    private final KeyActs acts;

    DeadLettersController(DeadLetters letters, StrictJson json, KeyActs acts) {
        this.letters = letters;
        this.json = json;
        this.acts = acts;
    }

    @Get("/v1/dead-letters")
    @Operation(operationId = "listDeadLetters", summary = "List what failed for good, newest first")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Page.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> list(
            @Parameter(
                            description = "Only events, or only pushes",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"event", "push"}))
                    @Nullable
                    @QueryValue
                    String kind,
            @Parameter(description = "Only of this event or notification") @Nullable @QueryValue UUID subject,
            @Parameter(description = "Only pushes to a user") @Nullable @QueryValue String user,
            @Parameter(description = "Only of events of this type") @Nullable @QueryValue String type,
            @Parameter(description = "The beginning of the reason") @Nullable @QueryValue String reason,
            @Parameter(description = "Not before this moment") @Nullable @QueryValue Instant from,
            @Parameter(description = "Before this moment") @Nullable @QueryValue Instant to,
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before, with the same filters") @Nullable @QueryValue
                    String cursor) {
        Optional<DeadLetter.Kind> wanted = Optional.ofNullable(kind).flatMap(DeadLetter.Kind::ofLabel);
        if (kind != null && wanted.isEmpty()) {
            return Problem.invalid("kind (expected: event or push)").response();
        }
        var filter = new DeadLetterFilter(
                wanted,
                Optional.ofNullable(subject),
                Optional.ofNullable(user),
                Optional.ofNullable(type),
                Optional.ofNullable(reason),
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                OptionalLong.empty());
        return Cursor.answer(
                limit,
                cursor,
                new Source(letters, filter),
                letter -> Long.toString(letter.id()),
                (found, next) -> new DeadLetterForms.Page(
                        found.stream().map(DeadLetterForms.View::of).toList(), next));
    }

    private record Source(DeadLetters letters, DeadLetterFilter filter) implements Cursor.Source<DeadLetter> {
        @Override
        public boolean isKey(String after) {
            return id(after).isPresent();
        }

        @Override
        public List<DeadLetter> read(String after, int limit) {
            return letters.list(filter, id(after), limit);
        }

        private static OptionalLong id(String key) {
            try {
                return OptionalLong.of(Long.parseLong(key));
            } catch (NumberFormatException e) {
                return OptionalLong.empty();
            }
        }
    }

    @Get("/v1/dead-letters/{id}")
    @Operation(operationId = "getDeadLetter", summary = "Show a dead letter")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "The letter",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.View.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(long id) {
        return letters.find(id)
                .<MutableHttpResponse<?>>map(letter -> HttpResponse.ok(DeadLetterForms.View.of(letter)))
                .orElseGet(() -> Problem.notFound("dead letter").response());
    }

    @Post("/v1/dead-letters/{id}/retry")
    @Operation(
            operationId = "retryDeadLetter",
            summary = "Try again what failed",
            description =
                    "An event goes to the end of its lane, and on from where it had come; a push goes to the devices"
                            + " that have not got it. What fails again is a dead letter again.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "Whether it is tried",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Touched.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> retry(long id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return one(id, letters.retry(id), "dead-letter.retry", request, caller);
    }

    @Delete("/v1/dead-letters/{id}")
    @Operation(
            operationId = "discardDeadLetter",
            summary = "Let go what failed",
            description = "An event is then cancelled, as far as it was not delivered.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "It is gone",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Touched.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> discard(long id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return one(id, letters.discard(id), "dead-letter.discard", request, caller);
    }

    private MutableHttpResponse<?> one(
            long id, Optional<DeadLetters.Done> done, String action, HttpRequest<?> request, Authentication caller) {
        if (done.isEmpty()) {
            return Problem.notFound("dead letter").response();
        }
        acts.record(caller, request, action, Long.toString(id), Map.of());
        return HttpResponse.ok(DeadLetterForms.Touched.of(done.get()));
    }

    @Post("/v1/dead-letters:retry")
    @Operation(
            operationId = "retryDeadLetters",
            summary = "Try again what failed, all at once",
            description = "With `preview` it only tells what it would touch.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Choice.class)))
    @ApiResponse(
            responseCode = "200",
            description = "What was touched, or would be",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Touched.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> retryAll(
            @Body byte[] body, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return all(body, letters::retry, DeadLetters.Preview::open, "dead-letter.retry", request, caller);
    }

    @Post("/v1/dead-letters:discard")
    @Operation(
            operationId = "discardDeadLetters",
            summary = "Let go what failed, all at once",
            description = "With `preview` it only tells what it would touch.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Choice.class)))
    @ApiResponse(
            responseCode = "200",
            description = "What was touched, or would be",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = DeadLetterForms.Touched.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> discardAll(
            @Body byte[] body, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return all(body, letters::discard, DeadLetters.Preview::letters, "dead-letter.discard", request, caller);
    }

    private MutableHttpResponse<?> all(
            byte[] body,
            Function<DeadLetterFilter, DeadLetters.Done> act,
            Function<DeadLetters.Preview, Long> touched,
            String action,
            HttpRequest<?> request,
            Authentication caller) {
        return json.answer(
                body,
                fields -> {
                    DeadLetterFilter filter = ChoiceFields.read(fields);
                    boolean isPreview = fields.flag("preview");
                    if (!fields.faults().isEmpty()) {
                        return fields.faults().problem().response();
                    }
                    if (isPreview) {
                        return HttpResponse.ok(touched(letters.preview(filter), touched));
                    }
                    DeadLetters.Done done = act.apply(filter);
                    acts.record(caller, request, action, "bulk", Map.of("letters", Long.toString(done.letters())));
                    return HttpResponse.ok(DeadLetterForms.Touched.of(done));
                },
                ChoiceFields.NAMES);
    }

    private static DeadLetterForms.Touched touched(
            DeadLetters.Preview preview, Function<DeadLetters.Preview, Long> touched) {
        long letters = touched.apply(preview);
        return new DeadLetterForms.Touched(
                letters,
                preview.letters() - letters,
                preview.letters() > DeadLetters.MAX_AT_ONCE,
                preview.upTo().isPresent() ? preview.upTo().getAsLong() : null);
    }
}
