package io.belfry.api.topic;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.topic.Followers;
import io.belfry.core.topic.Topic;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
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

/// Who follows a topic, for services.
@Controller("/v1/topics/followers")
@Secured(Grants.USERS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.TOPICS)
final class FollowersController {
    private final Followers followers;
    private final FollowReader reader;
    private final StrictJson json;

    FollowersController(Followers followers, FollowReader reader, StrictJson json) {
        this.followers = followers;
        this.reader = reader;
        this.json = json;
    }

    @Get
    @Operation(
            operationId = "listFollowers",
            summary = "List whom an event to a topic reaches, by id",
            description = "Those who follow the topic, and those who follow one above it with `/#`.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Followers.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> list(
            @Parameter(description = "A topic, such as `team/7/deploys`") @QueryValue String topic,
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before") @Nullable @QueryValue String cursor) {
        if (!Topic.isValid(topic)) {
            return Problem.invalid("topic (expected: " + Topic.EXPECTED + ")").response();
        }
        return Cursor.answer(
                limit,
                cursor,
                (after, size) -> followers.ofTopic(topic, after, size),
                Followers.Follower::user,
                (found, next) -> new TopicForms.Followers(
                        found.stream()
                                .map(f -> new TopicForms.Follower(f.user(), f.filters(), f.since()))
                                .toList(),
                        next));
    }

    @Post
    @Operation(
            operationId = "changeFollowers",
            summary = "Let users follow a topic, or no more",
            description = "All of them, or none where a part is not valid. Users who are not known yet are created.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.OfTopic.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It is changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Changed.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> change(@Body byte[] body) {
        return json.answer(body, reader::changeOfTopic, "topic", "add", "remove");
    }
}
