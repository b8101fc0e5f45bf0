package io.belfry.gateway;

import io.belfry.core.inbox.Counts;
import java.util.List;

/// What a client is answered. An encoding writes it.
sealed interface Reply {
    /// The number of the command that it answers.
    long id();

    /// What a connected client is told.
    ///
    /// @param client the server's own name for the connection
    /// @param ttlSeconds of the token
    record Connected(
            long id,
            String client,
            String version,
            long ttlSeconds,
            long pingSeconds,
            Standing inbox,
            Counts counts,
            String userId,
            Standing announcements)
            implements Reply {}

    /// @param data JSON
    record Called(long id, byte[] data) implements Reply {}

    /// @param ttlSeconds of the new token
    record Refreshed(long id, long ttlSeconds) implements Reply {}

    record Unsubscribed(long id) implements Reply {}

    record Refused(long id, ProtocolError error) implements Reply {}

    /// How a connection stands in a channel.
    ///
    /// @param offset the client's own when it recovered, otherwise the channel's head
    /// @param recovered null when it asked for no recovery
    /// @param missed in the order of their offsets
    record Standing(String epoch, long offset, Boolean recovered, List<Missed> missed) {}

    /// A publication that the client did not get when it was published.
    ///
    /// @param data JSON
    record Missed(long offset, byte[] data) {}
}
