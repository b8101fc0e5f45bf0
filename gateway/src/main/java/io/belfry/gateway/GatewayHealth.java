package io.belfry.gateway;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;

/// Whether this node should get clients, and if not, why: it is being emptied, or could not read the logs yet.
///
/// Not hearing from Redis is told, but is no reason: clients are served all the same, some seconds late. Were it one,
/// all nodes would be taken out of service at once when Redis is away.
@Readiness
@Singleton
final class GatewayHealth implements HealthIndicator {
    private static final String NAME = "gateway";

    private final Gateway gateway;
    private final FeedSubscriptions feeds;

    GatewayHealth(Gateway gateway, FeedSubscriptions feeds) {
        this.gateway = gateway;
        this.feeds = feeds;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        List<String> reasons = reasonsAgainst();
        var details = new ArrayList<>(reasons);
        details.addAll(feeds.troubles());
        HealthResult.Builder result =
                HealthResult.builder(NAME, reasons.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN);
        return Publishers.just((details.isEmpty() ? result : result.details(details)).build());
    }

    private List<String> reasonsAgainst() {
        var reasons = new ArrayList<String>();
        if (gateway.drain().isRunning()) {
            reasons.add("the node is being emptied");
        }
        if (!gateway.isReady()) {
            reasons.add("the log of announcements was not read yet");
        }
        return reasons;
    }
}
