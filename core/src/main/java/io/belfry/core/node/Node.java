package io.belfry.core.node;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// A running process as it last showed itself.
///
/// @param roles of `api`, `dispatcher`, `gateway`, `console`
/// @param figures counters since its start and gauges, by metric name (`belfry.…`)
public record Node(String name, Set<String> roles, Instant startedAt, Instant seenAt, Map<String, Double> figures) {
    public double figure(String metric) {
        return figures.getOrDefault(metric, 0.0);
    }
}
