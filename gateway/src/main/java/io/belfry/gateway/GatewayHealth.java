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

/// Whether this node should get clients, and if not, why: it is being emptied, cannot read the logs, or does not hear
/// from Redis (then it still connects clients, but they get everything late).
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
        List<String> troubles = troubles();
        HealthResult.Builder result =
                HealthResult.builder(NAME, troubles.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN);
        return Publishers.just((troubles.isEmpty() ? result : result.details(troubles)).build());
    }

    List<String> troubles() {
        var troubles = new ArrayList<>(feeds.troubles());
        if (gateway.drain().isRunning()) {
            troubles.add("the node is being emptied");
        }
        if (!gateway.isReady()) {
            troubles.add("the log of announcements was not read yet");
        }
        return troubles;
    }
}
