package io.belfry.api.trace;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.problem.Problem;
import io.belfry.core.trace.Acknowledgements;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Who acknowledged an event, and who has not.
@Controller("/v1/events/{id}/acknowledgements")
@Secured(Grants.EVENTS_READ)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class AcknowledgementsController {
    private static final int EXPORT_PAGE = 1000;
    private static final int MAX_EXPORT = 100_000;

    private final Acknowledgements acknowledgements;

    AcknowledgementsController(Acknowledgements acknowledgements) {
        this.acknowledgements = acknowledgements;
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Acknowledgement")
    record Line(
            @Schema(requiredMode = REQUIRED) String userId,

            @Schema(requiredMode = REQUIRED, format = "uuid")
            String notificationId,

            @Schema(requiredMode = REQUIRED, description = "Whether a device proved to have it")
            boolean received,

            @Schema(requiredMode = REQUIRED) boolean read,
            @Nullable Instant acknowledgedAt) {
        static Line of(Acknowledgements.Line line) {
            return new Line(
                    line.user(),
                    line.notification().toString(),
                    line.received(),
                    line.read(),
                    line.acknowledgedAt().orElse(null));
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Acknowledgements")
    record Page(
            @Schema(requiredMode = REQUIRED, description = "Notifications that are not acknowledged")
            long open,

            @Schema(requiredMode = REQUIRED) long acknowledged,
            @Schema(requiredMode = REQUIRED) List<Line> lines,

            @Nullable @Schema(description = "For the next page; absent on the last one")
            String nextCursor) {}

    @Get
    @Operation(operationId = "listAcknowledgements", summary = "Tell who has not acknowledged an event, or who has")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_READ)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Page.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> list(
            UUID id,
            @Parameter(
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"open", "acknowledged"}))
                    @QueryValue(defaultValue = "open")
                    String state,
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before") @Nullable @QueryValue String cursor) {
        Optional<Acknowledgements.State> wanted = Acknowledgements.State.ofLabel(state);
        if (wanted.isEmpty()) {
            return Problem.invalid("state (expected: open or acknowledged)").response();
        }
        Optional<Acknowledgements.Totals> totals = acknowledgements.totals(id);
        return totals.isEmpty()
                ? Problem.notFound("event").response()
                : Cursor.answer(
                        limit,
                        cursor,
                        new Source(acknowledgements, id, wanted.get()),
                        line -> line.notification().toString(),
                        (found, next) -> new Page(
                                totals.get().open(),
                                totals.get().acknowledged(),
                                found.stream().map(Line::of).toList(),
                                next));
    }

    private record Source(Acknowledgements acknowledgements, UUID event, Acknowledgements.State state)
            implements Cursor.Source<Acknowledgements.Line> {
        @Override
        public boolean isKey(String after) {
            return uuid(after).isPresent();
        }

        @Override
        public List<Acknowledgements.Line> read(String after, int limit) {
            return acknowledgements.list(event, state, uuid(after), limit);
        }

        private static Optional<UUID> uuid(String text) {
            try {
                return text.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(text));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    @Get(uri = "/export", produces = MediaType.TEXT_CSV)
    @Operation(
            operationId = "exportAcknowledgements",
            summary = "Export who has not acknowledged an event, or who has",
            description = "The first 100,000, as CSV: user, notification, received, read, acknowledged.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_READ)
    @ApiResponse(
            responseCode = "200",
            description = "All of them",
            content = @Content(mediaType = MediaType.TEXT_CSV, schema = @Schema(implementation = String.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> export(
            UUID id,
            @Parameter(
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"open", "acknowledged"}))
                    @QueryValue(defaultValue = "open")
                    String state) {
        Optional<Acknowledgements.State> wanted = Acknowledgements.State.ofLabel(state);
        if (wanted.isEmpty()) {
            return Problem.invalid("state (expected: open or acknowledged)").response();
        }
        return acknowledgements.totals(id).isEmpty()
                ? Problem.notFound("event").response()
                : HttpResponse.ok(csv(id, wanted.get())).contentType(MediaType.TEXT_CSV_TYPE);
    }

    /// User ids hold neither commas nor quotes.
    private String csv(UUID event, Acknowledgements.State state) {
        var csv = new StringBuilder("user,notification,received,read,acknowledged\r\n");
        Optional<UUID> after = Optional.empty();
        for (int lines = 0; lines < MAX_EXPORT; lines += EXPORT_PAGE) {
            List<Acknowledgements.Line> page = acknowledgements.list(event, state, after, EXPORT_PAGE);
            for (Acknowledgements.Line line : page) {
                csv.append(line.user())
                        .append(',')
                        .append(line.notification())
                        .append(',')
                        .append(line.received())
                        .append(',')
                        .append(line.read())
                        .append(',')
                        .append(line.acknowledgedAt().map(Instant::toString).orElse(""))
                        .append("\r\n");
            }
            if (page.size() < EXPORT_PAGE) {
                break;
            }
            after = Optional.of(page.getLast().notification());
        }
        return csv.toString();
    }
}
