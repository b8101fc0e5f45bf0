package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one gateway tells all of them to do, over Redis. An order that is lost is not repeated: it concerns those who
/// are connected at the moment. Thread-safe; does not block.
@Singleton
final class Orders {
    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Feeds feeds;

    Orders(Feeds feeds) {
        this.feeds = feeds;
    }

    /// To close all connections of a user.
    record Closing(String user, Disconnect why) {}

    /// @return how many gateways heard it; -1 when Redis is away
    CompletableFuture<Long> give(Closing closing) {
        byte[] order = JSON.createObjectNode()
                .put("disconnect", closing.user)
                .put("why", closing.why.name())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return feeds.publish(List.of(new Feeds.Publication(FeedNames.control(), order)))
                .thenApply(List::getFirst);
    }

    /// @return empty when it is none that this version knows
    static Optional<Closing> read(byte[] order) {
        try {
            JsonNode json = JSON.readTree(order);
            return Optional.of(new Closing(
                    json.path("disconnect").asText(),
                    Disconnect.valueOf(json.path("why").asText())));
        } catch (IOException | IllegalArgumentException unknown) {
            LOG.debug("an order that this version does not know");
            return Optional.empty();
        }
    }
}
