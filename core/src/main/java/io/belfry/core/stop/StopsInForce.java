package io.belfry.core.stop;

import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What is stopped, and what was discarded, at one moment. Immutable.
public final class StopsInForce {
    /// A subquery that gives the text which [#parse] reads, null when nothing was ever stopped. It depends on nothing
    /// around it, so that a statement that claims a batch asks it once.
    public static final String SQL = """
            (select string_agg(concat_ws(' ', target, stopped_at is not null, discarded_through,
                                         coalesce(ceil(extract(epoch from discarded_at) * 1000)::bigint, 0)), E'\\n')
             from stops)""";

    /// Nothing was ever stopped.
    public static final StopsInForce NONE = new StopsInForce(Map.of());

    private final Map<String, Entry> byTarget;

    private StopsInForce(Map<String, Entry> byTarget) {
        this.byTarget = byTarget;
    }

    private record Entry(boolean isStopped, long discardedThrough, Instant discardedAt) {}

    /// @param text as [#SQL] gives it; may be null
    public static StopsInForce parse(String text) {
        if (text == null) {
            return NONE;
        }
        var byTarget = new HashMap<String, Entry>();
        text.lines().forEach(line -> {
            String[] parts = line.split(" ");
            byTarget.put(
                    parts[0],
                    new Entry(
                            parts[1].equals("t") || parts[1].equals("true"),
                            Long.parseLong(parts[2]),
                            Instant.ofEpochMilli(Long.parseLong(parts[3]))));
        });
        return new StopsInForce(byTarget);
    }

    public boolean isStopped(StopTarget target) {
        Entry entry = byTarget.get(target.label());
        return entry != null && entry.isStopped;
    }

    /// Whether any category was ever stopped: else there is nothing to look at in single events.
    public boolean concernsCategories() {
        return byTarget.keySet().stream().anyMatch(target -> target.startsWith(StopLabels.CATEGORY));
    }

    /// Whether an event in the lanes was discarded.
    ///
    /// @param seq its place in the lanes
    public boolean isDiscarded(Priority priority, String category, long seq) {
        return !byTarget.isEmpty()
                && (discardedThrough(StopLabels.CATEGORY + category) >= seq
                        || priority == Priority.BULK && discardedThrough(StopLabels.BULK) >= seq);
    }

    private long discardedThrough(String target) {
        Entry entry = byTarget.get(target);
        return entry == null ? 0 : entry.discardedThrough;
    }

    /// Whether nothing of this priority is pushed now, of whatever category.
    public boolean holdsPushes(Priority priority) {
        return !byTarget.isEmpty()
                && (isStopped(new StopTarget.Push()) || priority == Priority.BULK && isStopped(new StopTarget.Bulk()));
    }

    /// The stop of a category, if there is one.
    public Optional<StopTarget> ofCategory(String category) {
        if (byTarget.isEmpty()) {
            return Optional.empty();
        }
        return Optional.<StopTarget>of(new StopTarget.Category(category)).filter(this::isStopped);
    }

    /// Whether a push was discarded.
    ///
    /// @param dueAt when it was due
    public boolean isPushDiscarded(Priority priority, String category, Instant dueAt) {
        return !byTarget.isEmpty()
                && (wasDiscarded(StopLabels.PUSH, dueAt)
                        || wasDiscarded(StopLabels.CATEGORY + category, dueAt)
                        || priority == Priority.BULK && wasDiscarded(StopLabels.BULK, dueAt));
    }

    private boolean wasDiscarded(String target, Instant dueAt) {
        Entry entry = byTarget.get(target);
        return entry != null && !dueAt.isAfter(entry.discardedAt);
    }
}
