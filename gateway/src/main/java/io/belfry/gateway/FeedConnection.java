package io.belfry.gateway;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A connection to Redis over which it sends what is published. Commands are taken by any thread, take effect in the
/// order in which they are given, and do not block.
interface FeedConnection {
    /// Who is told, on one thread, which must not be held up.
    interface Listener {
        void message(byte[] feed, byte[] message);

        /// Redis sends that feed from now on. Confirmations come in the order of the commands.
        void subscribed(byte[] feed);

        /// It is over, and nothing more comes.
        void lost(String why);
    }

    /// Begins to tell. Before, nothing is subscribed.
    void listen(Listener listener);

    void subscribe(List<byte[]> feeds);

    void unsubscribe(List<byte[]> feeds);

    /// @return done when Redis answers; fails when it does not in time
    CompletableFuture<?> ping();

    void close();
}
