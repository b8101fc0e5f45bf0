package io.belfry.gateway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// What one client asks of plain channels beside being subscribed. Stays on the connection's event loop; answers come
/// there, each once.
final class ChannelCalls {
    private final Gateway gateway;
    private final WebSocketConnection connection;
    private final ClientSubscriptions subscriptions;

    ChannelCalls(Gateway gateway, WebSocketConnection connection, ClientSubscriptions subscriptions) {
        this.gateway = gateway;
        this.connection = connection;
        this.subscriptions = subscriptions;
    }

    void publish(Command.Publish command, Consumer<Reply> then) {
        Optional<Namespace> namespace = gateway.channels().namespaceOf(command.channel());
        Optional<byte[]> data = JsonLine.of(command.data());
        if (namespace.isEmpty()) {
            refuse(command.id(), ProtocolError.UNKNOWN_CHANNEL, then);
        } else if (!mayPublish(command.channel(), namespace.get())) {
            refuse(command.id(), ProtocolError.PERMISSION_DENIED, then);
        } else if (data.isEmpty()) {
            refuse(command.id(), ProtocolError.badRequest("data (expected: a JSON object or array)"), then);
        } else {
            byte[] publication = ChannelPublication.encode(subscriptions.infoIn(command.channel()), data.get());
            answer(
                    command.id(),
                    gateway.channelStore().publish(command.channel(), namespace.get(), publication),
                    position -> new Reply.Published(command.id()),
                    then);
        }
    }

    private boolean mayPublish(String channel, Namespace namespace) {
        if (gateway.insecureClients().areAllowed()) {
            return true;
        }
        return switch (namespace.publish()) {
            case NOBODY -> false;
            case SUBSCRIBERS -> subscriptions.isSubscribed(channel);
            case USERS -> true;
        };
    }

    /// For subscribers.
    void history(Command.History command, Consumer<Reply> then) {
        Optional<Namespace> namespace = gateway.channels().namespaceOf(command.channel());
        if (namespace.isEmpty()) {
            refuse(command.id(), ProtocolError.UNKNOWN_CHANNEL, then);
        } else if (!namespace.get().hasHistory()) {
            refuse(command.id(), ProtocolError.NOT_AVAILABLE, then);
        } else if (!subscriptions.isSubscribed(command.channel())) {
            refuse(command.id(), ProtocolError.PERMISSION_DENIED, then);
        } else {
            answer(
                    command.id(),
                    gateway.channelStore().read(command.channel(), namespace.get(), command.range(namespace.get())),
                    history -> command.isOfEpoch(history.epoch())
                            ? history(command, history)
                            : new Reply.Refused(command.id(), ProtocolError.UNRECOVERABLE),
                    then);
        }
    }

    private static Reply history(Command.History command, ChannelStore.History history) {
        return new Reply.Historic(
                command.id(),
                history.epoch(),
                history.offset(),
                history.publications().stream().map(ChannelCalls::missed).toList());
    }

    static Reply.Missed missed(ChannelPublication publication) {
        return new Reply.Missed(publication.offset(), publication.data(), publication.info());
    }

    void presence(Command.Presence command, Consumer<Reply> then) {
        see(
                command.id(),
                command.channel(),
                gateway.presence()::of,
                there -> new Reply.Present(command.id(), there),
                then);
    }

    void stats(Command.PresenceStats command, Consumer<Reply> then) {
        see(
                command.id(),
                command.channel(),
                gateway.presence()::stats,
                stats -> new Reply.PresentStats(command.id(), stats),
                then);
    }

    private <T> void see(
            long id,
            String channel,
            Function<String, CompletableFuture<T>> look,
            Function<T, Reply> reply,
            Consumer<Reply> then) {
        Optional<ProtocolError> error = seeing(channel);
        if (error.isPresent()) {
            refuse(id, error.get(), then);
        } else {
            answer(id, look.apply(channel), reply, then);
        }
    }

    /// Why the client may not see who is there, if so.
    private Optional<ProtocolError> seeing(String channel) {
        Optional<Namespace> namespace = gateway.channels().namespaceOf(channel);
        if (namespace.isEmpty()) {
            return Optional.of(ProtocolError.UNKNOWN_CHANNEL);
        }
        return switch (namespace.get().presence()) {
            case NOBODY -> Optional.of(ProtocolError.NOT_AVAILABLE);
            case SERVICES -> Optional.of(ProtocolError.PERMISSION_DENIED);
            case SUBSCRIBERS ->
                subscriptions.isSubscribed(channel) ? Optional.empty() : Optional.of(ProtocolError.PERMISSION_DENIED);
            case USERS -> Optional.empty();
        };
    }

    private <T> void answer(long id, CompletableFuture<T> asked, Function<T, Reply> reply, Consumer<Reply> then) {
        asked.whenCompleteAsync(
                (found, failure) -> then.accept(
                        failure == null ? reply.apply(found) : new Reply.Refused(id, ProtocolError.INTERNAL)),
                connection.loop().executor);
    }

    private static void refuse(long id, ProtocolError error, Consumer<Reply> then) {
        then.accept(new Reply.Refused(id, error));
    }
}
