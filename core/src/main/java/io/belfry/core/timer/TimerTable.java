package io.belfry.core.timer;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Where timers of some kinds are kept. Thread-safe; blocks on the database.
interface TimerTable {
    TimerId.Source source();

    /// A query for each kind of timer in it: `id, user_id, due_at, in_hand`, the first `:limit` in the order of
    /// `due_at, id` of those past `(:due, :id)`. It reads few more than it gives.
    Map<TimerKind, Listing> listings();

    /// Makes it due now.
    TimerOutcome release(UUID subject);

    /// Makes it due then, and not before.
    TimerOutcome postpone(UUID subject, Instant until);

    /// Takes it away, with what it would have done.
    TimerOutcome cancel(UUID subject);

    /// Makes a query for what a filter says.
    interface Listing {
        String sql(Set<Narrowing> narrowings, Past past);
    }

    /// From where a list goes on.
    ///
    /// @param operator by which a timer lies past the cursor
    record Past(String operator) {
        /// The end of a query: a condition, the order and the limit.
        ///
        /// @param due the column of the time
        /// @param subject the column of what waits
        String page(String due, String subject) {
            return "%1$s >= cast(:due as timestamptz) and (%1$s, %2$s) %3$s (cast(:due as timestamptz), :id)"
                            .formatted(due, subject, operator)
                    + " order by %s, %s limit :limit".formatted(due, subject);
        }
    }

    /// How a list is narrowed, each by the parameter of its name; `EVENT` has `:from` and `:to` too, between which the
    /// event's notifications lie.
    enum Narrowing {
        USER,
        EVENT,
        SUBJECT
    }
}
