package io.belfry.gateway;

import java.util.Map;
import java.util.Optional;

/// What a client asks for. Fields that Belfry does not use are not here.
sealed interface Command {
    /// The number that the reply repeats; 0 when no reply is wanted.
    long id();

    /// What its arguments take, in bytes.
    default int weight() {
        return 0;
    }

    /// One that concerns a channel.
    sealed interface OfChannel extends Command {
        String channel();
    }

    /// @param sdk what the client says it is
    /// @param positions where the client stands in the channels it had, when it comes back
    record Connect(
            long id,
            String token,
            ClientSdk sdk,
            Map<String, ClientPosition> positions,
            Optional<String> deviceId,
            Optional<String> locale)
            implements Command {}

    /// @param data the arguments' JSON, or empty
    record Rpc(long id, String method, byte[] data) implements Command {
        @Override
        public int weight() {
            return data.length;
        }
    }

    record Refresh(long id, String token) implements Command {}

    /// @param token for the channel, or empty
    /// @param mustRecover an error is wanted rather than a subscription that could not recover
    /// @param moves whether it wants to be told of those who come and go
    record Subscribe(long id, String channel, String token, ClientPosition position, boolean mustRecover, boolean moves)
            implements OfChannel {}

    /// A new token for a subscription.
    record SubscriptionRefresh(long id, String channel, String token) implements OfChannel {}

    record Presence(long id, String channel) implements OfChannel {}

    record PresenceStats(long id, String channel) implements OfChannel {}

    record Unsubscribe(long id, String channel) implements OfChannel {}

    /// @param data JSON, unchecked
    record Publish(long id, String channel, byte[] data) implements OfChannel {
        @Override
        public int weight() {
            return data.length;
        }
    }

    /// @param limit 0 for the position alone, negative for as many as there are
    /// @param since only what came after it; of what came before it when reverse
    record History(long id, String channel, int limit, Optional<ClientPosition> since, boolean reverse)
            implements OfChannel {
        boolean isOfEpoch(String epoch) {
            return since.isEmpty()
                    || since.get().epoch().isEmpty()
                    || since.get().epoch().equals(epoch);
        }

        ChannelStore.Range range(Namespace namespace) {
            int most = limit < 0 ? namespace.historySize() : Math.min(limit, namespace.historySize());
            long offset = since.map(ClientPosition::offset).orElse(0L);
            if (!reverse) {
                return new ChannelStore.Range(
                        Math.max(0, offset) + 1, Long.MAX_VALUE, most, ChannelStore.Direction.FORWARD);
            }
            long to = since.isPresent() && offset > 0 ? offset - 1 : Long.MAX_VALUE;
            return new ChannelStore.Range(0, to, most, ChannelStore.Direction.REVERSE);
        }
    }

    /// Something for the server's application, which has no use for it.
    record Send() implements Command {
        @Override
        public long id() {
            return 0;
        }
    }

    /// The answer to a ping: an empty command.
    record Pong() implements Command {
        @Override
        public long id() {
            return 0;
        }
    }

    /// Where a client says it stands in a channel.
    ///
    /// @param epoch empty when it names none
    record ClientPosition(boolean recover, String epoch, long offset) {}
}
