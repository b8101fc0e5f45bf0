package io.belfry.api.preference;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;

/// What an end user chose, for the user's own app.
@Controller("/v1/preferences")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.PREFERENCES)
final class PreferencesController {
    static final String MERGE_PATCH = "application/merge-patch+json";

    private final PreferenceDesk desk;

    PreferencesController(PreferenceDesk desk) {
        this.desk = desk;
    }

    @Get
    @Operation(
            operationId = "preferences",
            summary = "Show what the user chose",
            description = "With what holds for every category, enough to draw a settings page.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @AnswersPreferences
    @RefusesStrangers
    MutableHttpResponse<?> show(Authentication user) {
        return desk.show(user.getName());
    }

    @Patch
    @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
    @Operation(
            operationId = "changePreferences",
            summary = "Change what the user chose",
            description = "Holds for whatever is decided after it.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PreferencesForm.class)),
                @Content(mediaType = MERGE_PATCH, schema = @Schema(implementation = PreferencesForm.class))
            })
    @AnswersPreferences
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> change(@Body byte[] body, Authentication user) {
        return desk.change(user.getName(), body);
    }
}
