package io.belfry.console.overview;

import io.belfry.core.node.Activity;
import io.belfry.core.node.Minute;
import io.belfry.core.node.Nodes;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What happened over time, as charts want it. The minute that is not over yet is left out: half a minute's count would
/// look like a fall. Thread-safe; blocks on Redis.
@Singleton
final class Curves {
    private final Nodes nodes;
    private final Clock clock;

    Curves(Nodes nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /// How far back a chart looks, and over how many minutes each of its points is the mean.
    enum Span {
        HOUR("1h", Duration.ofHours(1), 1),
        SIX_HOURS("6h", Duration.ofHours(6), 5),
        DAY("24h", Duration.ofHours(24), 15);

        final String label;
        final Duration length;
        final int step;

        Span(String label, Duration length, int step) {
            this.label = label;
            this.length = length;
            this.step = step;
        }

        static Span ofLabel(Optional<String> label) {
            for (Span span : values()) {
                if (span.label.equals(label.orElse(""))) {
                    return span;
                }
            }
            return HOUR;
        }
    }

    /// @param times of the points, in seconds since 1970
    /// @param means by activity, what happened a minute; null where no node was there to count
    /// @param totals by activity, over the whole span
    @Serdeable
    record Curve(List<Long> times, Map<String, List<Double>> means, Map<String, Long> totals) {}

    Curve of(Span span) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        // Points lie on whole steps, so that they stay where they are as time goes on.
        long stepSeconds = span.step * 60L;
        Instant to = Instant.ofEpochSecond(now.getEpochSecond() / stepSeconds * stepSeconds);
        Instant from = to.minus(span.length);
        Map<Long, List<Minute>> steps = new HashMap<>();
        for (Minute minute : nodes.history(from, to)) {
            long step = minute.start().getEpochSecond() / stepSeconds * stepSeconds;
            steps.computeIfAbsent(step, s -> new ArrayList<>()).add(minute);
        }
        var times = new ArrayList<Long>();
        for (long time = from.getEpochSecond(); time < to.getEpochSecond(); time += stepSeconds) {
            times.add(time);
        }
        var means = new LinkedHashMap<String, List<Double>>();
        var totals = new LinkedHashMap<String, Long>();
        for (Activity activity : Activity.values()) {
            var points = new ArrayList<Double>();
            times.forEach(time -> points.add(mean(steps.get(time), activity)));
            means.put(activity.label(), points);
            totals.put(
                    activity.label(),
                    steps.values().stream()
                            .flatMap(List::stream)
                            .mapToLong(minute -> minute.of(activity))
                            .sum());
        }
        return new Curve(times, means, totals);
    }

    private static Double mean(List<Minute> minutes, Activity activity) {
        return minutes == null
                ? null
                : minutes.stream()
                        .mapToLong(minute -> minute.of(activity))
                        .average()
                        .orElseThrow();
    }
}
