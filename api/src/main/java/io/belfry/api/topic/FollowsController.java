package io.belfry.api.topic;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Cursor;
import io.belfry.api.json.StrictJson;
import io.belfry.core.topic.FollowRules;
import io.belfry.core.topic.Followers;
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
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;

/// What a user follows: changed by services as they like, and by the user's own app as far as rules allow.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.TOPICS)
final class FollowsController {
    private final Followers followers;
    private final FollowReader reader;
    private final FollowRules rules;
    private final StrictJson json;

    FollowsController(Followers followers, FollowReader reader, FollowRules rules, StrictJson json) {
        this.followers = followers;
        this.reader = reader;
        this.rules = rules;
        this.json = json;
    }

    @Get("/v1/users/{id}/topics")
    @Secured(Grants.USERS_WRITE)
    @Operation(operationId = "listTopicsOfUser", summary = "List what a user follows, by name")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Follows.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> ofUser(
            String id,
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before") @Nullable @QueryValue String cursor) {
        return list(id, limit, cursor);
    }

    @Post("/v1/users/{id}/topics")
    @Secured(Grants.USERS_WRITE)
    @Operation(
            operationId = "changeTopicsOfUser",
            summary = "Let a user follow topics, or no more",
            description = "All of it, or nothing where a part is not valid. What is followed already stays followed.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.OfUser.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It is changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Changed.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> changeOfUser(String id, @Body byte[] body) {
        return json.answer(body, fields -> reader.changeOfUser(id, fields, filter -> true), "follow", "unfollow");
    }

    @Get("/v1/topics")
    @Secured(Grants.USER)
    @Operation(operationId = "listTopics", summary = "List what you follow, by name")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Follows.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> own(
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "1000"))
                    @QueryValue(defaultValue = "100")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before") @Nullable @QueryValue String cursor,
            Authentication user) {
        return list(user.getName(), limit, cursor);
    }

    @Post("/v1/topics")
    @Secured(Grants.USER)
    @Operation(
            operationId = "changeTopics",
            summary = "Follow topics, or no more",
            description = "As far as `belfry.topics.users-may-follow` allows, which is nothing unless somebody set it.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.OfUser.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It is changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TopicForms.Changed.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> changeOwn(@Body byte[] body, Authentication user) {
        return json.answer(
                body,
                fields -> reader.changeOfUser(
                        user.getName(), fields, filter -> rules.mayFollow(user.getName(), Grants.claims(user), filter)),
                "follow",
                "unfollow");
    }

    private MutableHttpResponse<?> list(String user, int limit, @Nullable String cursor) {
        return Cursor.answer(
                limit,
                cursor,
                (after, size) -> followers.ofUser(user, after, size),
                Followers.Followed::filter,
                (found, next) -> new TopicForms.Follows(
                        found.stream()
                                .map(f -> new TopicForms.Follow(f.filter(), f.at()))
                                .toList(),
                        next));
    }
}
