package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.problem.Problem;
import io.belfry.core.trace.EventReport;
import io.belfry.core.trace.EventReports;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What became of an event. A key that may read sees all events; one that may only send sees its own.
@Controller("/v1/events")
@Secured({Grants.EVENTS_READ, Grants.EVENTS_WRITE})
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.EVENTS)
final class EventReportsController {
    private final EventReports reports;

    EventReportsController(EventReports reports) {
        this.reports = reports;
    }

    @Serdeable
    @Schema(name = "EventReport")
    record Report(
            @Schema(requiredMode = REQUIRED, format = "uuid")
            String id,

            String type,
            String category,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"critical", "high", "normal", "bulk"})
            String priority,

            @Nullable String actor,
            @Nullable String topic,

            @Schema(requiredMode = REQUIRED, description = "How many users it named")
            int recipients,

            @Nullable @Schema(description = "The segments whose users are recipients too")
            List<String> segments,

            @Nullable @Schema(description = "True where all users are recipients")
            Boolean everyone,

            Instant acceptedAt,

            @Nullable @Schema(description = "When it is delivered, while it is put off")
            Instant dueAt,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"scheduled", "pending", "held", "expanding", "cancelled", "dispatched", "dead"})
            String state,

            @Nullable @Schema(description = "Why it could not be dispatched")
            String deathCause,

            Notifications notifications) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "EventOutcomes",
            description = "Outcomes are left out where there are too many notifications to look at each")
    record Notifications(
            @Schema(requiredMode = REQUIRED, description = "How many there are so far")
            long written,

            @Schema(requiredMode = REQUIRED, description = "Those that are in no inbox, by reason")
            Map<String, Long> unlisted,

            @Nullable @Schema(description = "Those a device of the user proved to have")
            Long received,

            @Nullable @Schema(description = "Those the user opened")
            Long read,

            @Nullable Push push) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "EventPushes", description = "Each notification is in one of these")
    record Push(
            @Schema(requiredMode = REQUIRED, description = "A push is due later")
            long waiting,

            @Schema(requiredMode = REQUIRED, description = "The provider took one for a device at least")
            long accepted,

            @Schema(requiredMode = REQUIRED, description = "It was tried, and no device could be reached")
            long failed,

            @Schema(requiredMode = REQUIRED, description = "The provider's answer was lost")
            long unclear,

            @Schema(requiredMode = REQUIRED, description = "It was received, seen or read before a push was due")
            long needless,

            @Schema(requiredMode = REQUIRED, description = "No push was planned, by reason")
            Map<String, Long> suppressed) {}

    @Get("/{id}")
    @Operation(operationId = "eventReport", summary = "Tell what became of an event", description = """
                    A key that may read sees all events; one that may only send sees its own.""")
    @SecurityRequirement(
            name = Document.API_KEY,
            scopes = {Grants.EVENTS_READ, Grants.EVENTS_WRITE})
    @ApiResponse(
            responseCode = "200",
            description = "How far it has come",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Report.class)))
    @RefusesParameters
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> report(UUID id, Authentication caller) {
        Optional<EventReport> report = reports.of(id).filter(found -> maySee(caller, found));
        return report.isPresent()
                ? HttpResponse.ok(report(report.get()))
                : Problem.notFound("event").response();
    }

    private static boolean maySee(Authentication caller, EventReport report) {
        return caller.getRoles().contains(Grants.EVENTS_READ)
                || report.apiKeyId().toString().equals(caller.getName());
    }

    private static Report report(EventReport report) {
        return new Report(
                report.id().toString(),
                report.type(),
                report.category(),
                report.priority().label(),
                report.actor().orElse(null),
                report.topic().orElse(null),
                report.recipients(),
                report.crowd().segments().isEmpty() ? null : report.crowd().segments(),
                report.crowd().everyone() ? true : null,
                report.acceptedAt(),
                report.dueAt().orElse(null),
                report.state().label(),
                report.deathCause().orElse(null),
                notifications(report));
    }

    private static Notifications notifications(EventReport report) {
        return report.outcomes()
                .map(found -> new Notifications(
                        report.notifications(), report.unlisted(), found.received(), found.read(), push(found.push())))
                .orElseGet(() -> new Notifications(report.notifications(), report.unlisted(), null, null, null));
    }

    private static Push push(EventReport.Push push) {
        return new Push(
                push.waiting(), push.accepted(), push.failed(), push.unclear(), push.needless(), push.suppressed());
    }
}
