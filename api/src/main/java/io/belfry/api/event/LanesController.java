package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.core.event.LaneLoads;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Tells how much waits, by priority.
@Controller("/v1/lanes")
@Secured(Grants.EVENTS_READ)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class LanesController {
    /// Of each lane; those of one priority together may be told as eight times as many.
    private static final int MAX_COUNTED = 10_000;

    private final LaneLoads loads;
    private final Clock clock;

    LanesController(LaneLoads loads, Clock clock) {
        this.loads = loads;
        this.clock = clock;
    }

    @Serdeable
    @Schema(name = "Lanes")
    record View(
            @Schema(requiredMode = REQUIRED, description = "One for each priority, the most urgent first")
            List<Lane> lanes) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Lane")
    record Lane(
            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"critical", "high", "normal", "bulk"})
            String priority,

            @Schema(requiredMode = REQUIRED, description = "Events that wait or are being written")
            long events,

            @Schema(requiredMode = REQUIRED, description = "Whether `events` is all of them; else it is a lower bound")
            boolean exact,

            @Schema(requiredMode = REQUIRED, description = "For how many milliseconds the first of them has waited")
            long lagMillis,

            @Nullable @Schema(description = "Since when it waits; missing when nothing does")
            Instant oldest) {
        static Lane of(LaneLoads.Load load, Instant now) {
            return new Lane(
                    load.priority().label(),
                    load.events(),
                    load.isExact(),
                    load.oldest()
                            .map(at -> Math.max(0, Duration.between(at, now).toMillis()))
                            .orElse(0L),
                    load.oldest().orElse(null));
        }
    }

    @Get
    @Operation(
            operationId = "listLanes",
            summary = "Tell how much waits, by priority",
            description = "An audience of many pages is one event until its last page is written.")
    @SecurityRequirement(name = Document.API_KEY, scopes = Grants.EVENTS_READ)
    @ApiResponse(
            responseCode = "200",
            description = "What waits now",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = View.class)))
    @RefusesStrangers
    MutableHttpResponse<?> list() {
        Instant now = clock.instant();
        return HttpResponse.ok(new View(loads.measure(MAX_COUNTED).stream()
                .map(load -> Lane.of(load, now))
                .toList()));
    }
}
