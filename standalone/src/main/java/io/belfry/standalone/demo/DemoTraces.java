package io.belfry.standalone.demo;

import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Tells the demo page what became of a notification.
@Controller("/demo")
@Secured(SecurityRule.IS_ANONYMOUS)
@Requires(property = "belfry.demo.enabled", value = "true")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DemoTraces {
    private final Traces traces;

    DemoTraces(Traces traces) {
        this.traces = traces;
    }

    /// @param received the devices that proved to have it
    /// @param push planned, or why there is none
    /// @param pushDueAt while it waits for a proof of receipt
    @Serdeable
    record Trace(
            Instant acceptedAt,
            Instant writtenAt,
            boolean seen,
            boolean read,
            List<String> received,
            String push,
            Optional<Instant> pushDueAt,
            List<Attempt> attempts) {
        static Trace of(NotificationTrace trace) {
            return new Trace(
                    trace.acceptedAt(),
                    trace.writtenAt(),
                    trace.seen(),
                    trace.read(),
                    trace.receivedBy().stream().map(r -> r.deviceId()).toList(),
                    trace.decided().push(),
                    trace.timer().map(NotificationTrace.Timer::dueAt),
                    trace.attempts().stream()
                            .map(a -> new Attempt(a.deviceId(), a.outcome(), a.startedAt(), a.finishedAt()))
                            .toList());
        }
    }

    @Serdeable
    record Attempt(String deviceId, String outcome, Instant startedAt, Optional<Instant> finishedAt) {}

    /// Answers 204 while it is not written yet.
    @Get("/notifications/{id}")
    HttpResponse<Trace> trace(UUID id) {
        return traces.of(id).map(trace -> HttpResponse.ok(Trace.of(trace))).orElseGet(HttpResponse::noContent);
    }
}
