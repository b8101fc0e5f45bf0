package io.belfry.gateway;

import io.belfry.core.inbox.Counts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
    /// @param ttlSeconds of its token, or empty where it does not end
    record Subscribed(long id, Optional<Standing> standing, OptionalLong ttlSeconds) implements Reply {}

    /// @param ttlSeconds of the subscription's new token, or empty where it does not end
    record SubscriptionRefreshed(long id, OptionalLong ttlSeconds) implements Reply {}

    record Unsubscribed(long id) implements Reply {}

    record Published(long id) implements Reply {}

    /// @param publications in the order that was asked for
    record Historic(long id, String epoch, long offset, List<Missed> publications) implements Reply {}

    /// Who is in a channel.
    record Present(long id, List<ClientInfo> clients) implements Reply {}

    record PresentStats(long id, PresenceStore.Stats stats) implements Reply {}

    /// Told without being asked: somebody came or went.
    record Moved(String channel, ChannelMove move) implements Reply {
        @Override
        public long id() {
            return 0;
        }
    }

    /// Told without being asked: the server subscribed the client.
    ///
    /// @param standing empty in a channel without history
    record Enlisted(String channel, Optional<Standing> standing) implements Reply {
        @Override
        public long id() {
            return 0;
        }
    }

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
    /// @param info who published
    record Missed(long offset, byte[] data, ClientInfo info) {
        Missed(long offset, byte[] data) {
            this(offset, data, ClientInfo.SERVICE);
        }
    }
}
