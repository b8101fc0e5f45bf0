package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.feed.Closings;
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

    /// What a user's connections are to do.
    sealed interface Order {
        String user();
    }

    /// To close.
    ///
    /// @param device the one that is meant; empty for all
    record Closing(String user, Optional<String> device, Disconnect why) implements Order {
        boolean concerns(Session session) {
            return device.isEmpty() || device.get().equals(session.deviceId());
        }
    }

    /// To be in a plain channel.
    record Joining(String user, String channel) implements Order {}

    /// To leave a plain channel.
    record Leaving(String user, String channel) implements Order {}

    /// @return how many gateways heard it; -1 when Redis is away
    CompletableFuture<Long> give(Order order) {
        byte[] message =
                switch (order) {
                    case Closing closing -> Closings.order(closing.user, closing.why.name());
                    case Joining joining -> order(joining.user, "join", joining.channel);
                    case Leaving leaving -> order(leaving.user, "leave", leaving.channel);
                };
        return feeds.publish(List.of(new Feeds.Publication(FeedNames.control(), message)))
                .thenApply(List::getFirst);
    }

    private static byte[] order(String user, String name, String channel) {
        return JSON.createObjectNode()
                .put("user", user)
                .put(name, channel)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /// @return empty when it is none that this version knows
    static Optional<Order> read(byte[] order) {
        try {
            JsonNode json = JSON.readTree(order);
            String user = json.path("user").asText();
            if (json.has("join")) {
                return Optional.of(new Joining(user, json.path("join").asText()));
            }
            if (json.has("leave")) {
                return Optional.of(new Leaving(user, json.path("leave").asText()));
            }
            return Optional.of(new Closing(
                    user,
                    Optional.ofNullable(json.path("device").textValue()),
                    Disconnect.valueOf(json.path("close").asText())));
        } catch (IOException | IllegalArgumentException unknown) {
            LOG.debug("an order that this version does not know");
            return Optional.empty();
        }
    }
}
