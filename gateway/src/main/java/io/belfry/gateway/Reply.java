package io.belfry.gateway;

import io.belfry.core.inbox.Counts;
import java.util.List;
import java.util.Optional;

/// What a client is answered, or told otherwise than by a publication. An encoding writes it.
sealed interface Reply {
    /// The number of the command that it answers, or 0.
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

    /// @param standing empty in a channel without history
    record Subscribed(long id, Optional<Standing> standing) implements Reply {}

    record Unsubscribed(long id) implements Reply {}

    record Published(long id) implements Reply {}

    /// @param publications in the order that was asked for
    record Historic(long id, String epoch, long offset, List<Missed> publications) implements Reply {}

    /// Told without being asked: the client is not subscribed any more.
    ///
    /// @param code from 2500 on, clients subscribe anew
    record Expelled(String channel, int code, String reason) implements Reply {
        @Override
        public long id() {
            return 0;
        }
    }

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
    /// @param user who published, or empty
    /// @param client the connection that published, or empty
    record Missed(long offset, byte[] data, String user, String client) {
        Missed(long offset, byte[] data) {
            this(offset, data, "", "");
        }
    }
}
