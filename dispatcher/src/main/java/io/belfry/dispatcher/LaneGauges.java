package io.belfry.dispatcher;

import io.belfry.core.event.LaneLoads;
import io.belfry.core.event.Priority;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Depth and lag of the lanes as metrics. Measured every few seconds and not when somebody scrapes, so that scrapes
/// cost the database nothing, however many there are. All dispatchers tell the same: take the maximum, not the sum.
@Context
final class LaneGauges {
    private static final Logger LOG = LoggerFactory.getLogger(LaneGauges.class);
    /// Of each lane: beyond it, the lag says more than the depth.
    private static final int MAX_COUNTED = 10_000;

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final LaneLoads loads;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("lane-gauges").factory());
    private volatile Map<Priority, Sample> last = Map.of();

    LaneGauges(LaneLoads loads, Clock clock, MeterRegistry metrics) {
        this.loads = loads;
        this.clock = clock;
        for (Priority priority : Priority.values()) {
            Gauge.builder("belfry.lanes.depth", this, gauges -> gauges.depth(priority))
                    .description("Events that wait, counted up to 10,000 in each of the eight lanes of a priority")
                    .tag("priority", priority.label())
                    .register(metrics);
            Gauge.builder("belfry.lanes.lag", this, gauges -> gauges.lagSeconds(priority))
                    .description("For how long the first of them has waited")
                    .baseUnit("seconds")
                    .tag("priority", priority.label())
                    .register(metrics);
        }
    }

    private record Sample(long depth, double lagSeconds) {}

    @PostConstruct
    void start() {
        thread.scheduleWithFixedDelay(this::measure, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void measure() {
        try {
            Instant now = clock.instant();
            var samples = new EnumMap<Priority, Sample>(Priority.class);
            for (LaneLoads.Load load : loads.measure(MAX_COUNTED)) {
                double lag = load.oldest()
                        .map(at -> Math.max(0, Duration.between(at, now).toMillis()) / 1000.0)
                        .orElse(0.0);
                samples.put(load.priority(), new Sample(load.events(), lag));
            }
            last = samples;
        } catch (RuntimeException e) {
            // An old figure would look as if nothing moved; none at all says that nobody knows.
            last = Map.of();
            LOG.debug("Lanes could not be measured: {}", e.getMessage());
        }
    }

    private double depth(Priority priority) {
        Sample sample = last.get(priority);
        return sample == null ? Double.NaN : sample.depth;
    }

    private double lagSeconds(Priority priority) {
        Sample sample = last.get(priority);
        return sample == null ? Double.NaN : sample.lagSeconds;
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
