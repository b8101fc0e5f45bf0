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

    record Subscribe(long id, String channel) implements Command {}

    record Unsubscribe(long id, String channel) implements Command {}

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
