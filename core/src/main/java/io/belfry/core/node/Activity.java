package io.belfry.core.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What is counted by the minute, and from which of the nodes' metrics.
public enum Activity {
    /// Events that services POSTed.
    ACCEPTED("belfry.events.accepted"),
    /// Notifications that came into inboxes.
    WRITTEN("belfry.notifications.written"),
    /// Frames that gateways wrote to sockets.
    DELIVERED("belfry.gateway.deliveries"),
    /// Pushes that the provider took.
    PUSHED("belfry.push.outcomes{accepted}"),
    /// Pushes that a receipt made needless.
    NOT_NEEDED("belfry.push.outcomes{suppressed_received}"),
    /// Pushes that failed for good.
    FAILED("belfry.push.outcomes{token_dead}", "belfry.push.outcomes{rejected}");

    private final List<String> metrics;

    Activity(String... metrics) {
        this.metrics = List.of(metrics);
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Activity> ofLabel(String label) {
        return Arrays.stream(values()).filter(a -> a.label().equals(label)).findFirst();
    }

    /// What a process has counted since it started.
    long in(Map<String, Double> figures) {
        return Math.round(metrics.stream()
                .mapToDouble(metric -> figures.getOrDefault(metric, 0.0))
                .sum());
    }
}
