package io.belfry.console.notifications;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.template.Sample;
import io.belfry.core.trace.NotificationLine;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.RequestBean;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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
    private final Categories categories;

    NotificationsController(Pages pages, Traces traces, Categories categories) {
        this.pages = pages;
        this.traces = traces;
        this.categories = categories;
    }

    /// What the list shows, with the search as it was typed.
    ///
    /// @param first address of the newest page, null on it
    /// @param next address of the older page, null on the last
    /// @param lookedBackTo until when it looked, null where it looked at everything
    /// @param further address of the search before that, or null
    record ListModel(
            NotificationQuery query,
            List<Category> categories,
            List<String> states,
            List<String> problems,
            List<NotificationLine> lines,
            String first,
            String next,
            Instant lookedBackTo,
            String further) {}

    @Get
    MutableHttpResponse<?> list(@RequestBean NotificationQuery query, Visit visit) {
        List<String> problems = query.problems();
        Traces.Found found = problems.isEmpty()
                ? traces.find(query.search(PAGE + 1))
                : new Traces.Found(List.of(), Optional.empty());
        boolean more = found.lines().size() > PAGE;
        List<NotificationLine> lines = more ? found.lines().subList(0, PAGE) : found.lines();
        ListModel model = new ListModel(
                query,
                categories.list(),
                Arrays.stream(Traces.State.values()).map(Traces.State::label).toList(),
                problems,
                lines,
                query.isFirstPage() ? null : query.address(PATH, Optional.empty()),
                more ? query.address(PATH, Optional.of(lines.getLast().id())) : null,
                found.lookedBackTo().map(EventId::acceptedAt).orElse(null),
                found.lookedBackTo()
                        .map(id -> query.address(PATH, Optional.of(id)))
                        .orElse(null));
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
}
