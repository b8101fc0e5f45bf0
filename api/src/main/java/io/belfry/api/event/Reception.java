package io.belfry.api.event;

import io.belfry.api.limit.RateLimits;
import io.belfry.api.problem.Problem;
import io.belfry.core.event.NewEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What happens to the events of a request, however they came: each is checked, those that are right are committed
/// together, and each gets an outcome in its place. Thread-safe; does not block.
@Singleton
class Reception {
    /// After how long it makes sense to send again what could not be stored.
    static final Duration RETRY = Duration.ofSeconds(1);

    private final EventCheck check;
    private final Intake intake;
    private final RateLimits limits;

    Reception(EventCheck check, Intake intake, RateLimits limits) {
        this.check = check;
        this.intake = intake;
        this.limits = limits;
    }

    /// @return an outcome for each item, in their order
    CompletableFuture<List<Outcome>> receive(List<Item> items, Caller caller) {
        if (!limits.take(caller.apiKeyId(), items.size())) {
            return CompletableFuture.completedFuture(
                    Collections.nCopies(items.size(), new Outcome.Refused(Problem.rateLimited())));
        }
        return admit(items, caller);
    }

    /// The same without a limit, for what is fetched no faster than it is stored.
    CompletableFuture<List<Outcome>> admit(List<Item> items, Caller caller) {
        var outcomes = new ArrayList<Outcome>(items.size());
        var events = new ArrayList<NewEvent>(items.size());
        for (Item item : items) {
            outcomes.add(
                    switch (item) {
                        case Item.Unreadable(Problem problem) -> new Outcome.Refused(problem);
                        case Item.Readable(Draft draft) ->
                            switch (check.check(draft, caller)) {
                                case Reading.Refused(Problem problem) -> new Outcome.Refused(problem);
                                case Reading.Event(NewEvent event) -> {
                                    events.add(event);
                                    yield null;
                                }
                            };
                    });
        }
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(outcomes);
        }
        return intake.accept(events).thenApply(appended -> {
            var next = appended.iterator();
            outcomes.replaceAll(known -> known == null ? Outcome.of(next.next()) : known);
            return outcomes;
        });
    }
}
