package io.belfry.console.timers;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.Timers;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What waits for a time to come, those that are due first, first.
@Controller("/console/timers")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class TimersPageController {
    private static final int PAGE = 50;

    private final Pages pages;
    private final Timers timers;

    TimersPageController(Pages pages, Timers timers) {
        this.pages = pages;
        this.timers = timers;
    }

    /// @param problem what is wrong with the search, or null
    /// @param first address of the first page, null on it
    /// @param all what follows an act's address to mean all that the search finds
    record ListModel(
            TimerSearch search,
            List<KindChoice> kinds,
            List<PendingTimer> lines,
            String problem,
            String first,
            String next,
            String all) {
        /// How lines tell of their kind.
        public String words(PendingTimer line) {
            return TimerWords.of(line.kind());
        }
    }

    record KindChoice(String label, String words) {}

    @Get
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> kind,
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> event,
            @QueryValue Optional<String> after,
            Visit visit) {
        TimerSearch search = TimerSearch.of(kind, user, event);
        Optional<String> problem = search.problem();
        List<PendingTimer> found = problem.isPresent()
                ? List.of()
                : timers.list(search.filter(), TimerPlace.read(after).orElse(Timers.Place.START), PAGE + 1);
        boolean more = found.size() > PAGE;
        List<PendingTimer> lines = more ? found.subList(0, PAGE) : found;
        ListModel model = new ListModel(
                search,
                Arrays.stream(TimerKind.values())
                        .map(k -> new KindChoice(k.label(), TimerWords.of(k)))
                        .toList(),
                lines,
                problem.orElse(null),
                after.isPresent() ? search.address("") : null,
                more ? search.address("", "after", TimerPlace.write(lines.getLast())) : null,
                search.query());
        return problem.isPresent()
                ? pages.refuse(visit, "timers/list", model)
                : pages.show(visit, "timers/list", model);
    }
}
