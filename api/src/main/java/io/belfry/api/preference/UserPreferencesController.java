package io.belfry.api.preference;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.PreferenceSettings;
import io.belfry.core.preference.UnsubscribeLinks;
import io.belfry.core.user.UserId;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.server.util.HttpHostResolver;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;

/// What users chose, for services: the same as [PreferencesController], and links with which users turn something off.
@Controller("/v1/users")
@Secured(Grants.USERS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.PREFERENCES)
final class UserPreferencesController {
    private final PreferenceDesk desk;
    private final UnsubscribeLinks links;
    private final Categories categories;
    private final PreferenceSettings settings;
    private final HttpHostResolver hosts;
    private final StrictJson json;

    UserPreferencesController(
            PreferenceDesk desk,
            UnsubscribeLinks links,
            Categories categories,
            PreferenceSettings settings,
            HttpHostResolver hosts,
            StrictJson json) {
        this.desk = desk;
        this.links = links;
        this.categories = categories;
        this.settings = settings;
        this.hosts = hosts;
        this.json = json;
    }

    @Get("/{id}/preferences")
    @Operation(
            operationId = "userPreferences",
            summary = "Show what a user chose",
            description = "What holds for a user that is not known yet is told too.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @AnswersPreferences
    @ApiResponse(
            responseCode = "422",
            description = "That cannot be a user's id.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RefusesStrangers
    MutableHttpResponse<?> show(String id) {
        return UserId.isValid(id) ? desk.show(id) : noUserId();
    }

    @Patch("/{id}/preferences")
    @Consumes({MediaType.APPLICATION_JSON, PreferencesController.MERGE_PATCH})
    @Operation(
            operationId = "changeUserPreferences",
            summary = "Change what a user chose",
            description = "A user that is not known yet is created.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PreferencesForm.class)),
                @Content(
                        mediaType = PreferencesController.MERGE_PATCH,
                        schema = @Schema(implementation = PreferencesForm.class))
            })
    @AnswersPreferences
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> change(String id, @Body byte[] body) {
        return UserId.isValid(id) ? desk.change(id, body) : noUserId();
    }

    /// How a wish for a link looks, for the API's document.
    @Introspected
    @Schema(name = "UnsubscribeLinkWish", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record LinkForm(
            @Schema(requiredMode = REQUIRED, description = "Not a mandatory one")
            String category,

            @Nullable
            @Schema(
                    type = "string",
                    description = "What to turn off; by default the inbox, and with it everything",
                    allowableValues = {"inbox", "live", "push"})
            String medium) {}

    /// @param header for a mail's `List-Unsubscribe`; `List-Unsubscribe-Post: List-Unsubscribe=One-Click` goes with it
    @Serdeable
    @Schema(name = "UnsubscribeLink")
    record Link(
            @Schema(
                    requiredMode = REQUIRED,
                    format = "uri",
                    description = "Does not expire. Whoever has it may use it.")
            String url,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "The value of a mail's `List-Unsubscribe` (RFC 8058), beside"
                            + " `List-Unsubscribe-Post: List-Unsubscribe=One-Click`")
            String header) {}

    @Post("/{id}/unsubscribe-link")
    @Operation(
            operationId = "unsubscribeLink",
            summary = "Sign a link with which a user turns a category off",
            description = "It works without a sign-in: a page asks once, or a mail program posts to it (RFC 8058).")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.USERS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = LinkForm.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The link",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Link.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> link(String id, @Body byte[] body, HttpRequest<?> request) {
        if (!UserId.isValid(id)) {
            return noUserId();
        }
        return json.answer(body, fields -> link(new UserId(id), fields, request), "category", "medium");
    }

    private MutableHttpResponse<?> link(UserId user, Fields fields, HttpRequest<?> request) {
        Optional<Category> category = fields.required("category", categories::find, "the id of a category");
        Optional<Medium> medium = fields.optional("medium", Medium::ofLabel, "inbox, live or push");
        if (category.filter(Category::mandatory).isPresent()) {
            fields.fault("category", "it is mandatory (expected: one that can be turned off)");
        }
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        String token = links.token(
                new UnsubscribeLinks.Subject(user, category.orElseThrow().id(), medium.orElse(Medium.INBOX)));
        String base = settings.publicUrl() == null ? hosts.resolve(request) : settings.publicUrl();
        String url = base.replaceFirst("/+$", "") + UnsubscribeController.PATH + "/" + token;
        return HttpResponse.ok(new Link(url, "<" + url + ">"));
    }

    private static MutableHttpResponse<?> noUserId() {
        return Problem.invalid("user id (expected: " + UserId.EXPECTED + ")").response();
    }
}
