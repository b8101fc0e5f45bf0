package io.belfry.console.notifications;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.template.Sample;
import io.belfry.core.trace.NotificationLine;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Finds notifications, and tells the way of one.
@Controller("/console/notifications")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class NotificationsController {
    private static final String PATH = "/console/notifications";
    private static final int PAGE = 50;

    private final Pages pages;
    private final Traces traces;

    NotificationsController(Pages pages, Traces traces) {
        this.pages = pages;
        this.traces = traces;
    }

    /// What the list shows, with the search as it was typed.
    ///
    /// @param first address of the newest page, null on it
    /// @param next address of the older page, null on the last
    record ListModel(
            String user,
            String event,
            String type,
            List<String> problems,
            List<NotificationLine> lines,
            String first,
            String next) {}

    @Get
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> event,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> before,
            Visit visit) {
        var problems = new ArrayList<String>();
        Optional<UUID> eventId = id("Event", event, problems);
        Optional<UUID> beforeId = id("Page", before, problems);
        List<NotificationLine> found = problems.isEmpty()
                ? traces.search(new Traces.Search(given(user), eventId, given(type), beforeId, PAGE + 1))
                : List.of();
        boolean more = found.size() > PAGE;
        List<NotificationLine> lines = more ? found.subList(0, PAGE) : found;
        ListModel model = new ListModel(
                user.orElse(""),
                event.orElse(""),
                type.orElse(""),
                problems,
                lines,
                beforeId.isPresent() ? address(user, event, type, Optional.empty()) : null,
                more ? address(user, event, type, Optional.of(lines.getLast().id())) : null);
        return problems.isEmpty()
                ? pages.show(visit, "notifications/list", model)
                : pages.refuse(visit, "notifications/list", model);
    }

    /// @param payload what the service sent; null for roles that may not see it
    record TraceModel(NotificationTrace trace, String payload) {
        /// How long after the event was accepted something happened: `12 ms`, `3.2 s`, `5 min`.
        public String after(Instant at) {
            Duration after = Duration.between(trace.acceptedAt(), at);
            long millis = Math.max(0, after.toMillis());
            if (millis < 1_000) {
                return millis + " ms";
            }
            return millis < 120_000
                    ? BigDecimal.valueOf(millis / 100, 1).stripTrailingZeros().toPlainString() + " s"
                    : after.toMinutes() + " min";
        }
    }

    @Get("/{id}")
    MutableHttpResponse<?> trace(UUID id, Visit visit) {
        return traces.of(id)
                .<MutableHttpResponse<?>>map(found -> pages.show(
                        visit,
                        "notifications/trace",
                        new TraceModel(found, visit.may(Role.EDITOR) ? new Sample(found.data()).pretty() : null)))
                .orElseGet(() -> pages.notFound(visit, "notification"));
    }

    private static Optional<String> given(Optional<String> typed) {
        return typed.map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<UUID> id(String label, Optional<String> typed, List<String> problems) {
        try {
            return given(typed).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            problems.add(label + ": that is not an id. An event's id looks like 0199f2c4-….");
            return Optional.empty();
        }
    }

    private static String address(
            Optional<String> user, Optional<String> event, Optional<String> type, Optional<UUID> before) {
        UriBuilder address = UriBuilder.of(PATH);
        given(user).ifPresent(u -> address.queryParam("user", u));
        given(event).ifPresent(e -> address.queryParam("event", e));
        given(type).ifPresent(t -> address.queryParam("type", t));
        before.ifPresent(b -> address.queryParam("before", b));
        return address.build().toString();
    }
}
