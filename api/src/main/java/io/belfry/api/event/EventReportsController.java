package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.problem.Problem;
import io.belfry.core.trace.EventReport;
import io.belfry.core.trace.EventReports;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What became of an event. A key that may read sees all events; one that may only send sees its own.
@Controller("/v1/events")
@Secured({Grants.EVENTS_READ, Grants.EVENTS_WRITE})
@ExecuteOn(TaskExecutors.BLOCKING)
final class EventReportsController {
    private final EventReports reports;

    EventReportsController(EventReports reports) {
        this.reports = reports;
    }

    @Serdeable
    record Report(
            String id,
            String type,
            String category,
            String priority,
            Optional<String> actor,
            Optional<String> topic,
            int recipients,
            Instant acceptedAt,
            String state,
            Optional<String> deathCause,
            Notifications notifications) {}

    @Serdeable
    record Notifications(long written, Optional<Long> received, Optional<Long> read, Optional<Push> push) {}

    @Serdeable
    record Push(long waiting, long accepted, long failed, long unclear, long needless, Map<String, Long> suppressed) {}

    @Get("/{id}")
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
                report.actor(),
                report.topic(),
                report.recipients(),
                report.acceptedAt(),
                report.state().label(),
                report.deathCause(),
                notifications(report));
    }

    private static Notifications notifications(EventReport report) {
        return new Notifications(
                report.notifications(),
                report.outcomes().map(EventReport.Outcomes::received),
                report.outcomes().map(EventReport.Outcomes::read),
                report.outcomes().map(EventReport.Outcomes::push).map(EventReportsController::push));
    }

    private static Push push(EventReport.Push push) {
        return new Push(
                push.waiting(), push.accepted(), push.failed(), push.unclear(), push.needless(), push.suppressed());
    }
}
