package io.belfry.api.user;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.JsonTrees;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Faults;
import io.belfry.api.problem.Problem;
import io.belfry.core.user.User;
import io.belfry.core.user.UserProfile;
import io.belfry.core.user.Users;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.json.tree.JsonNode;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;

/// Users, as services describe them.
@Controller
@Secured(Grants.USERS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.USERS)
final class UsersController {
    private final Users users;
    private final UserReader reader;
    private final UserSettings settings;
    private final StrictJson json;
    private final JsonTrees trees;

    UsersController(Users users, UserReader reader, UserSettings settings, StrictJson json, JsonTrees trees) {
        this.users = users;
        this.reader = reader;
        this.settings = settings;
        this.json = json;
        this.trees = trees;
    }

    @Serdeable
    @Schema(name = "User")
    record View(
            String id,
            @Nullable String locale,
            @Nullable String timeZone,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "object",
                    additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            JsonNode attributes,

            Instant createdAt,
            Instant updatedAt) {}

    @Serdeable
    @Schema(name = "UsersStored")
    record Stored(
            @Schema(requiredMode = REQUIRED, description = "How many users were stored")
            int stored) {}

    @Put("/v1/users/{id}")
    @Operation(
            operationId = "putUser",
            summary = "Describe a user",
            description =
                    "Replaces what was known. A user who was not known is added; those whom events name are anyway.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = UserForms.Profile.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The user as they are known now",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> put(String id, @Body byte[] body) {
        return switch (json.read(body)) {
            case StrictJson.Reading.Refused(var problem) -> problem.response();
            case StrictJson.Reading.Of(var value) -> {
                Faults faults = new Faults();
                UserProfile profile = reader.profile(id, value, faults);
                yield faults.isEmpty()
                        ? HttpResponse.ok(view(users.put(List.of(profile)).getFirst()))
                        : faults.problem().response();
            }
        };
    }

    @Post("/v1/users:batch")
    @Operation(
            operationId = "putUsers",
            summary = "Describe many users at once",
            description = "Up to 1,000 users and 4 MiB. All are stored, or none where one is not valid.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            array =
                                    @ArraySchema(
                                            schema = @Schema(implementation = UserForms.Named.class),
                                            minItems = 1,
                                            maxItems = 1000)))
    @ApiResponse(
            responseCode = "200",
            description = "All are stored.",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Stored.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> batch(@Body byte[] body) {
        return switch (json.read(body, settings.maxBatchBytes())) {
            case StrictJson.Reading.Refused(var problem) -> problem.response();
            case StrictJson.Reading.Of(var value) -> {
                Faults faults = new Faults();
                List<UserProfile> profiles = reader.profiles(value, faults);
                yield faults.isEmpty()
                        ? HttpResponse.ok(new Stored(users.put(profiles).size()))
                        : faults.problem().response();
            }
        };
    }

    @Get("/v1/users/{id}")
    @Operation(operationId = "getUser", summary = "Tell what is known of a user")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @ApiResponse(
            responseCode = "200",
            description = "The user",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> get(String id) {
        return users.find(id)
                .<MutableHttpResponse<?>>map(user -> HttpResponse.ok(view(user)))
                .orElseGet(() -> Problem.notFound("user").response());
    }

    private View view(User user) {
        UserProfile profile = user.profile();
        return new View(
                profile.id(),
                profile.locale().orElse(null),
                profile.timeZone().orElse(null),
                trees.of(profile.attributes()),
                user.createdAt(),
                user.updatedAt());
    }
}
