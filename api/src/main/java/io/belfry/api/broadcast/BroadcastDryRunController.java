package io.belfry.api.broadcast;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.BroadcastRehearsal;
import io.belfry.core.event.Priority;
import io.belfry.core.segment.Segments;
import io.belfry.core.topic.Topic;
import io.belfry.core.user.UserId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;

/// Tells what would become of a broadcast, and does nothing.
@Controller("/v1/broadcasts:dryRun")
@Secured(Grants.EVENTS_EVERYONE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.BROADCASTS)
final class BroadcastDryRunController {
    private static final int MAX_USERS = 1_000;

    private final BroadcastRehearsal rehearsal;
    private final Categories categories;
    private final Segments segments;
    private final StrictJson json;

    BroadcastDryRunController(BroadcastRehearsal rehearsal, Categories categories, Segments segments, StrictJson json) {
        this.rehearsal = rehearsal;
        this.categories = categories;
        this.segments = segments;
        this.json = json;
    }

    @Post
    @Operation(
            operationId = "broadcastDryRun",
            summary = "Tell what would become of a broadcast",
            description = "Decides as sending does, with what users chose, and does nothing.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_EVERYONE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BroadcastForms.Trial.class)))
    @ApiResponse(
            responseCode = "200",
            description = "Counts, with a sample of each",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BroadcastForms.View.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> run(@Body byte[] body) {
        return json.answer(body, this::run, "audience", "topic", "segment", "users", "category", "priority");
    }

    private MutableHttpResponse<?> run(Fields fields) {
        Optional<Audience> audience = audience(fields);
        Category category = fields.optional("category", categories::find, "the id of a category")
                .orElseGet(() -> categories.ofType(""));
        Priority priority = fields.optional("priority", Priority::ofLabel, "critical, high, normal or bulk")
                .orElse(category.priority());
        if (audience.isEmpty() || !fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        return HttpResponse.ok(BroadcastForms.View.of(rehearsal.of(audience.get(), category, priority)));
    }

    private enum Kind {
        EVERYONE,
        TOPIC,
        SEGMENT,
        USERS
    }

    private Optional<Audience> audience(Fields fields) {
        Optional<Kind> kind =
                fields.required("audience", BroadcastDryRunController::kind, "everyone, topic, segment or users");
        return kind.flatMap(given -> switch (given) {
            case EVERYONE -> Optional.of(new Audience.Everyone());
            case TOPIC -> Optional.of(new Audience.Topic(fields.text("topic", Topic::isValid, Topic.EXPECTED)));
            case SEGMENT ->
                Optional.of(new Audience.Segment(fields.text("segment", segments::isKnown, "the id of a segment")));
            case USERS -> {
                if (!fields.has("users")) {
                    fields.fault("users", "missing (expected: 1 to " + MAX_USERS + " user ids)");
                }
                yield fields.optionalTexts("users", MAX_USERS, "user ids", UserId::isValid, UserId.EXPECTED)
                        .map(List::copyOf)
                        .map(Audience.Users::new);
            }
        });
    }

    private static Optional<Kind> kind(String label) {
        return switch (label) {
            case "everyone" -> Optional.of(Kind.EVERYONE);
            case "topic" -> Optional.of(Kind.TOPIC);
            case "segment" -> Optional.of(Kind.SEGMENT);
            case "users" -> Optional.of(Kind.USERS);
            default -> Optional.empty();
        };
    }
}
