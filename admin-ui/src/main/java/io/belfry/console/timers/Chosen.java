package io.belfry.console.timers;

import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerId;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.Timers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The timers that an act is about: those that were ticked, or the first that a search finds.
///
/// @param more whether the search finds more than are taken at a time
record Chosen(List<PendingTimer> timers, boolean more) {
    /// Taken at a time.
    static final int MAX = 500;

    static Chosen ticked(Timers timers, List<String> ids) {
        return new Chosen(
                ids.stream()
                        .distinct()
                        .limit(MAX)
                        .flatMap(id -> TimerId.of(id).stream())
                        .flatMap(id -> timers.find(id).stream())
                        .toList(),
                false);
    }

    static Chosen found(Timers timers, TimerSearch search) {
        if (search.problem().isPresent()) {
            return new Chosen(List.of(), false);
        }
        List<PendingTimer> found = timers.list(search.filter(), Timers.Place.START, MAX + 1);
        return found.size() > MAX ? new Chosen(found.subList(0, MAX), true) : new Chosen(found, false);
    }

    List<String> ids() {
        return timers.stream().map(timer -> timer.id().toString()).toList();
    }

    /// What a question says of them.
    List<String> says() {
        var says = new ArrayList<String>();
        List<String> kinds = Arrays.stream(TimerKind.values())
                .flatMap(kind -> Stream.of(timers.stream()
                                .filter(timer -> timer.kind() == kind)
                                .count())
                        .filter(count -> count > 0)
                        .map(count -> count + " × " + TimerWords.of(kind)))
                .toList();
        long people = timers.stream()
                .map(PendingTimer::user)
                .flatMap(Optional::stream)
                .distinct()
                .count();
        says.add("This is about " + timers.size() + (timers.size() == 1 ? " timer: " : " timers: ")
                + String.join(", ", kinds)
                + (people == 0 ? "." : ", for " + people + (people == 1 ? " person." : " people.")));
        long inHand = timers.stream().filter(PendingTimer::isInHand).count();
        if (inHand > 0) {
            says.add(inHand + " of them " + (inHand == 1 ? "is" : "are")
                    + " in a dispatcher's hand just now, and will not be disturbed.");
        }
        if (more) {
            says.add("The search finds more: these are the first " + MAX + " that come due. Do it again to go on.");
        }
        return says;
    }
}
