package io.belfry.api.timer;

import io.belfry.api.access.Grants;
import io.belfry.api.access.KeyActs;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerFilter;
import io.belfry.core.timer.TimerId;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.TimerOutcome;
import io.belfry.core.timer.Timers;
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
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Everything that waits for a time, and what can be done about it. Every act is in the audit log.
@Controller("/v1/timers")
@Secured(Grants.OPERATIONS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.OPERATIONS)
final class TimersController {
    private final Timers timers;
    private final StrictJson json;
    private final KeyActs acts;

    TimersController(Timers timers, StrictJson json, KeyActs acts) {
        this.timers = timers;
        this.json = json;
        this.acts = acts;
    }

    @Get
    @Operation(
            operationId = "listTimers",
            summary = "List what waits, what is due first at the top",
            description = "A timer that moves while pages are read may be missing, or come twice.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TimerForms.Page.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> list(
            @Parameter(
                            description = "Only those of a kind",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"fallback", "deferred", "snooze", "scheduled", "digest"
                                            }))
                    @Nullable
                    @QueryValue
                    String kind,
            @Parameter(description = "Only those for a user") @Nullable @QueryValue String user,
            @Parameter(description = "Only those of an event") @Nullable @QueryValue UUID event,
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before, with the same filters") @Nullable @QueryValue
                    String cursor) {
        Optional<TimerKind> wanted = Optional.ofNullable(kind).flatMap(TimerKind::ofLabel);
        if (kind != null && wanted.isEmpty()) {
            return Problem.invalid("kind (expected: fallback, deferred, snooze, scheduled, digest or repeat)")
                    .response();
        }
        var filter = new TimerFilter(wanted, Optional.ofNullable(user), Optional.ofNullable(event));
        return Cursor.answer(
                limit,
                cursor,
                new Source(timers, filter),
                Source::keyOf,
                (found, next) -> new TimerForms.Page(
                        found.stream().map(TimerForms.View::of).toList(), next));
    }

    /// Its keys are `dueAt kind id`.
    private record Source(Timers timers, TimerFilter filter) implements Cursor.Source<PendingTimer> {
        static String keyOf(PendingTimer timer) {
            return timer.dueAt() + " " + timer.kind().label() + " " + timer.id();
        }

        @Override
        public boolean isKey(String after) {
            return place(after).isPresent();
        }

        @Override
        public List<PendingTimer> read(String after, int limit) {
            return timers.list(filter, place(after).orElse(Timers.Place.START), limit);
        }

        static Optional<Instant> time(String text) {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }

        private static Optional<Timers.Place> place(String key) {
            String[] parts = key.split(" ", -1);
            if (parts.length != 3) {
                return Optional.empty();
            }
            return TimerKind.ofLabel(parts[1]).flatMap(kind -> TimerId.of(parts[2])
                    .flatMap(id -> time(parts[0]).map(due -> new Timers.Place(due, id.subject(), kind))));
        }
    }

    @Get("/{id}")
    @Operation(operationId = "getTimer", summary = "Show a timer")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "The timer",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TimerForms.View.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(String id) {
        return TimerId.of(id)
                .flatMap(timers::find)
                .<MutableHttpResponse<?>>map(timer -> HttpResponse.ok(TimerForms.View.of(timer)))
                .orElseGet(() -> Problem.notFound("timer").response());
    }

    @Post("/{id}/release")
    @Operation(
            operationId = "releaseTimer",
            summary = "Let a timer go now",
            description =
                    "A push does not wait for the end of quiet hours then; receipts and preferences count as ever. A"
                            + " snoozed notification returns, an event goes into its lane.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(responseCode = "204", description = "It is due.")
    @ApiResponse(
            responseCode = "409",
            description = "A dispatcher is at it just now: in a moment it is over, or waits again.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> release(String id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return act(id, timers::release, "timer.release", request, caller);
    }

    @Post("/{id}/postpone")
    @Operation(
            operationId = "postponeTimer",
            summary = "Put a timer off",
            description = "Nothing makes it due before that time.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TimerForms.Postponement.class)))
    @ApiResponse(responseCode = "204", description = "It waits until then.")
    @ApiResponse(
            responseCode = "409",
            description = "A dispatcher is at it just now: in a moment it is over, or waits again.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @MayBeMissing
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> postpone(
            String id, @Body byte[] body, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return json.answer(body, fields -> postpone(id, fields, request, caller), "until");
    }

    private MutableHttpResponse<?> postpone(String id, Fields fields, HttpRequest<?> request, Authentication caller) {
        Optional<Instant> until = fields.required("until", Source::time, "a time of ISO 8601 in the future");
        return until.isPresent() && fields.faults().isEmpty()
                ? act(id, timer -> timers.postpone(timer, until.get()), "timer.postpone", request, caller)
                : fields.faults().problem().response();
    }

    @Delete("/{id}")
    @Operation(
            operationId = "cancelTimer",
            summary = "Take a timer away, with what it would have done",
            description =
                    "A push is not sent, an event is cancelled, a snoozed notification goes back to its old place.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.OPERATIONS_WRITE)
    @ApiResponse(responseCode = "204", description = "It is gone.")
    @ApiResponse(
            responseCode = "409",
            description = "A dispatcher is at it just now: in a moment it is over, or waits again.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> cancel(String id, @Parameter(hidden = true) HttpRequest<?> request, Authentication caller) {
        return act(id, timers::cancel, "timer.cancel", request, caller);
    }

    private MutableHttpResponse<?> act(
            String id,
            Function<TimerId, TimerOutcome> act,
            String action,
            HttpRequest<?> request,
            Authentication caller) {
        TimerOutcome outcome = TimerId.of(id).map(act).orElseGet(TimerOutcome.Missing::new);
        return switch (outcome) {
            case TimerOutcome.Done() -> {
                acts.record(caller, request, action, id, Map.of());
                yield HttpResponse.noContent();
            }
            case TimerOutcome.InHand() -> Problem.inHand().response();
            case TimerOutcome.Missing() -> Problem.notFound("timer").response();
            case TimerOutcome.TooLate(String expected) ->
                Problem.invalid(List.of(new Problem.Fault("/until", "expected: " + expected)))
                        .response();
        };
    }
}
