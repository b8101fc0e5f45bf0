package io.belfry.core.feed;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Tells all gateways to close the connections of a user. It concerns those who are connected at the moment; one
/// that is lost is not repeated. Thread-safe; does not block.
@Singleton
public class Closings {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Feeds feeds;

    public Closings(Feeds feeds) {
        this.feeds = feeds;
    }

    /// What clients do afterwards.
    public enum Then {
        /// They come back, if their token still counts.
        RECONNECT("FORCED_TO_RECONNECT"),
        /// They stay away.
        STAY_AWAY("FORCED");

        private final String code;

        Then(String code) {
            this.code = code;
        }

        /// As gateways name it among themselves.
        public String code() {
            return code;
        }
    }

    /// @return how many gateways heard it; -1 when Redis is away
    public CompletableFuture<Long> close(String user, Then then) {
        return feeds.publish(List.of(new Feeds.Publication(FeedNames.control(), order(user, then.code))))
                .thenApply(List::getFirst);
    }

    /// Ends the connections of one device. Whoever is still signed in there comes back.
    ///
    /// @return how many gateways heard it; -1 when Redis is away
    public CompletableFuture<Long> closeDevice(String user, String device) {
        byte[] order = JSON.createObjectNode()
                .put("user", user)
                .put("device", device)
                .put("close", Then.RECONNECT.code)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return feeds.publish(List.of(new Feeds.Publication(FeedNames.control(), order)))
                .thenApply(List::getFirst);
    }

    /// What travels on the feed [FeedNames#control].
    ///
    /// @param code why, as gateways name it
    public static byte[] order(String user, String code) {
        return JSON.createObjectNode()
                .put("user", user)
                .put("close", code)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }
}
