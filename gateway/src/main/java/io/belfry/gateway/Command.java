package io.belfry.gateway;

import java.util.Map;
import java.util.Optional;

/// What a client asks for. Fields that Belfry does not use are not here.
sealed interface Command {
    /// The number that the reply repeats; 0 when no reply is wanted.
    long id();

    /// @param positions where the client stands in the channels it had, when it comes back
    record Connect(
            long id,
            String token,
            Map<String, ClientPosition> positions,
            Optional<String> deviceId,
            Optional<String> locale)
            implements Command {}

    /// @param data the arguments' JSON, or empty
    record Rpc(long id, String method, byte[] data) implements Command {}

    record Refresh(long id, String token) implements Command {}

    /// @param mustRecover an error is wanted rather than a subscription that could not recover
    record Subscribe(long id, String channel, ClientPosition position, boolean mustRecover) implements Command {}

    record Unsubscribe(long id, String channel) implements Command {}

    /// @param data JSON, unchecked
    record Publish(long id, String channel, byte[] data) implements Command {}

    /// @param limit 0 for the position alone, negative for as many as there are
    /// @param since only what came after it; of what came before it when reverse
    record History(long id, String channel, int limit, Optional<ClientPosition> since, boolean reverse)
            implements Command {
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

    /// A command of the protocol that this server does not offer.
    record NotOffered(long id) implements Command {}

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
