package io.belfry.core.node;

import java.time.Instant;
import java.util.Map;

/// What all nodes did in one minute, as far as they could tell Redis.
public record Minute(Instant start, Map<Activity, Long> counts) {
    public long of(Activity activity) {
        return counts.getOrDefault(activity, 0L);
    }
}
