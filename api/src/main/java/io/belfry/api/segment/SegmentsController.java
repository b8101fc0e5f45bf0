package io.belfry.api.segment;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.json.Fields;
import io.belfry.api.json.JsonTrees;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.segment.Rule;
import io.belfry.core.segment.Segment;
import io.belfry.core.segment.SegmentUsers;
import io.belfry.core.segment.Segments;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;

/// Segments: rules that pick users, and who they pick.
@Controller
@Secured(Grants.SEGMENTS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.SEGMENTS)
final class SegmentsController {
    private final Segments segments;
    private final SegmentUsers users;
    private final RuleField rules;
    private final StrictJson json;
    private final JsonTrees trees;

    SegmentsController(Segments segments, SegmentUsers users, RuleField rules, StrictJson json, JsonTrees trees) {
        this.segments = segments;
        this.users = users;
        this.rules = rules;
        this.json = json;
        this.trees = trees;
    }

    @Get("/v1/segments")
    @Operation(operationId = "listSegments", summary = "List segments, by id")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.SEGMENTS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.Page.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> list(
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before") @Nullable @QueryValue String cursor) {
        return Cursor.answer(
                limit,
                cursor,
                segments::list,
                Segment::id,
                (found, next) ->
                        new SegmentForms.Page(found.stream().map(this::view).toList(), next));
    }

    @Put("/v1/segments/{id}")
    @Operation(
            operationId = "putSegment",
            summary = "Add a segment, or replace it",
            description = "Events that name it find its users when they are dispatched, page by page.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.SEGMENTS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.Change.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The segment as it is now",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.View.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> put(String id, @Body byte[] body) {
        return json.answer(body, fields -> put(id, fields), "description", "rule");
    }

    private MutableHttpResponse<?> put(String id, Fields fields) {
        if (!Segment.isId(id)) {
            fields.faults().add("", "the id in the path (expected: " + Segment.ID_EXPECTED + ")");
        }
        String description = fields.optionalText(
                        "description",
                        text -> text.length() <= Segment.MAX_DESCRIPTION,
                        "at most " + Segment.MAX_DESCRIPTION + " characters")
                .orElse("");
        Optional<RuleField.Given> given = rules.read(fields);
        if (given.isEmpty() || !fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        return switch (segments.put(id, description, given.get().tree())) {
            case Segments.Saving.Saved(Segment segment) -> HttpResponse.ok(view(segment));
            case Segments.Saving.TooMany(int max) ->
                Problem.invalid("another segment (expected: at most " + max + ", delete one first)")
                        .response();
        };
    }

    @Get("/v1/segments/{id}")
    @Operation(operationId = "getSegment", summary = "Show a segment")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.SEGMENTS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "The segment",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.View.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(String id) {
        return segments.find(id)
                .<MutableHttpResponse<?>>map(segment -> HttpResponse.ok(view(segment)))
                .orElseGet(() -> Problem.notFound("segment").response());
    }

    @Delete("/v1/segments/{id}")
    @Operation(
            operationId = "deleteSegment",
            summary = "Delete a segment",
            description = "Events that name it are refused from then on; those on their way reach nobody else by it.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.SEGMENTS_WRITE)
    @ApiResponse(responseCode = "204", description = "It is gone.")
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> delete(String id) {
        return segments.remove(id)
                ? HttpResponse.noContent()
                : Problem.notFound("segment").response();
    }

    @Post("/v1/segments:preview")
    @Operation(
            operationId = "previewSegment",
            summary = "Tell whom a rule picks",
            description = "How many users, and the first of them. Nothing is saved.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.SEGMENTS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.Trial.class)))
    @ApiResponse(
            responseCode = "200",
            description = "Whom it picks now",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SegmentForms.Preview.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> preview(@Body byte[] body) {
        return json.answer(
                body,
                fields -> rules.read(fields)
                        .filter(given -> fields.faults().isEmpty())
                        .<MutableHttpResponse<?>>map(given -> HttpResponse.ok(preview(given.rule())))
                        .orElseGet(() -> fields.faults().problem().response()),
                "rule");
    }

    private SegmentForms.Preview preview(Rule rule) {
        SegmentUsers.Preview found = users.preview(rule);
        return new SegmentForms.Preview(
                found.count().isPresent() ? found.count().getAsLong() : null, found.sample());
    }

    private SegmentForms.View view(Segment segment) {
        return new SegmentForms.View(
                segment.id(), segment.description(), trees.of(segment.rule()), segment.updatedAt());
    }
}
