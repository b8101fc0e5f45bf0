package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.core.audience.Addressees;
import io.belfry.core.category.Categories;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Deliberation;
import io.belfry.core.decision.Rehearsal;
import io.belfry.core.event.NewEvent;
import io.belfry.core.sandbox.Sandbox;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;

/// Tells what would become of an event, and does nothing.
@Controller("/v1/events:dryRun")
@Secured(Grants.EVENTS_WRITE)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class DryRunController {
    private final EventReader reader;
    private final EventCheck check;
    private final Rehearsal rehearsal;
    private final Categories categories;
    private final Sandbox sandbox;

    DryRunController(
            EventReader reader, EventCheck check, Rehearsal rehearsal, Categories categories, Sandbox sandbox) {
        this.reader = reader;
        this.check = check;
        this.rehearsal = rehearsal;
        this.categories = categories;
        this.sandbox = sandbox;
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "DryRun", description = "What would be decided, were it due now with what users chose")
    record View(
            @Schema(requiredMode = REQUIRED) long recipients,

            @Schema(
                    requiredMode = REQUIRED,
                    description =
                            "Whether all were looked at, of a large audience the first " + Rehearsal.MAX_RECIPIENTS)
            boolean whole,

            @Schema(requiredMode = REQUIRED, description = "By medium: each recipient is in one outcome of each")
            List<Outcome> outcomes) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DryRunOutcome")
    record Outcome(
            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"inbox", "live", "push"})
            String medium,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"send", "defer", "suppress"})
            String verdict,

            @Nullable @Schema(description = "Why not, or not yet")
            String reason,

            @Schema(requiredMode = REQUIRED) long count,

            @Schema(requiredMode = REQUIRED, description = "The first " + Rehearsal.SAMPLE + " of those users")
            List<String> sample) {
        static Outcome of(Rehearsal.Line line) {
            return new Outcome(
                    line.medium().label(), line.verdict(), line.reason().orElse(null), line.count(), line.sample());
        }
    }

    @Post
    @Operation(
            operationId = "dryRun",
            summary = "Tell what would become of an event",
            description = "Takes what sending takes, decides as sending does, and does nothing.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_WRITE)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EventForm.class)))
    @ApiResponse(
            responseCode = "200",
            description = "Counts, with a sample of each",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> run(
            @Parameter(hidden = true) HttpRequest<?> request, @Body byte[] body, Authentication authentication) {
        return switch (reader.one(body)) {
            case Item.Unreadable(var problem) -> problem.response();
            case Item.Readable(Draft draft) ->
                switch (check.check(draft, Caller.of(request, authentication))) {
                    case Reading.Refused(var problem) -> problem.response();
                    case Reading.Event(NewEvent event) -> HttpResponse.ok(view(event));
                };
        };
    }

    private View view(NewEvent event) {
        var matter = new Deliberation.Matter(
                event.type(),
                categories.of(event.category(), event.type()),
                event.priority(),
                event.topic(),
                event.options(),
                event.data(),
                Circumstances.Passage.of(sandbox, event.options().isTest()));
        Rehearsal.Report report = rehearsal.of(
                matter,
                new Addressees(
                        event.recipients(), event.topic(), event.options().crowd(), event.actor()));
        return new View(
                report.recipients(),
                report.isWhole(),
                report.lines().stream().map(Outcome::of).toList());
    }
}
