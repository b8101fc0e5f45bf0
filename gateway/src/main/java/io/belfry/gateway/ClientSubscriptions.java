package io.belfry.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The plain channels to which one client subscribed, and what it may do there. Stays on the connection's event loop;
/// answers come there, each once, unless the client is gone.
final class ClientSubscriptions {
    private static final int UNSUBSCRIBED_BY_SERVER = 2000;
    private static final int INSUFFICIENT_STATE = 2500;

    private final Gateway gateway;
    private final WebSocketConnection connection;
    private final Session session;
    private final Map<String, ChannelSubscription> byName = new HashMap<>(4);

    ClientSubscriptions(Gateway gateway, WebSocketConnection connection, Session session) {
        this.gateway = gateway;
        this.connection = connection;
        this.session = session;
    }

    // Subscribing -----------------------------------------------------------------------------------------------

    void subscribe(Command.Subscribe command, Consumer<Reply> then) {
        String channel = command.channel();
        Optional<Namespace> namespace = gateway.channels().namespaceOf(channel);
        if (namespace.isEmpty()) {
            refuse(command.id(), ProtocolError.UNKNOWN_CHANNEL, then);
        } else if (byName.containsKey(channel)) {
            refuse(command.id(), ProtocolError.ALREADY_SUBSCRIBED, then);
        } else if (namespace.get().subscribe() != Namespace.Access.USERS) {
            refuse(command.id(), ProtocolError.PERMISSION_DENIED, then);
        } else if (byName.size() >= gateway.settings().limits().channelsPerConnection()) {
            refuse(command.id(), ProtocolError.LIMIT_EXCEEDED, then);
        } else {
            join(command, namespace.get(), then);
        }
    }

    private void join(Command.Subscribe command, Namespace namespace, Consumer<Reply> then) {
        Optional<ChannelFeed> feed = gateway.channels().join(command.channel(), namespace);
        if (feed.isEmpty()) {
            refuse(command.id(), ProtocolError.TOO_MANY_REQUESTS, then);
            return;
        }
        var subscription = new ChannelSubscription(this, connection, feed.get());
        byName.put(command.channel(), subscription);
        feed.get().add(subscription, connection.loop().index);
        awaitFeed(feed.get(), () -> {
            if (byName.get(command.channel()) == subscription) {
                position(command, subscription, then);
            }
        });
    }

    /// Only when Redis sends what is published may the history be read, or something could fall between the two.
    private void awaitFeed(ChannelFeed feed, Runnable then) {
        if (feed.isConfirmed()) {
            then.run();
            return;
        }
        long patience = gateway.settings().feeds().subscribeTimeout().toMillis();
        feed.firstConfirmation()
                .copy()
                .completeOnTimeout(null, patience, TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (!feed.isConfirmed()) {
                                feed.goOnWithout();
                            }
                            then.run();
                        },
                        connection.loop().executor);
    }

    private void position(Command.Subscribe command, ChannelSubscription subscription, Consumer<Reply> then) {
        Namespace namespace = subscription.feed().namespace();
        if (!namespace.hasHistory()) {
            then.accept(new Reply.Subscribed(command.id(), Optional.empty()));
            subscription.begin(new ChannelStore.Position(0, ""));
            return;
        }
        boolean recovering = command.position().recover();
        var range = recovering
                ? new ChannelStore.Range(
                        Math.max(0, command.position().offset()) + 1,
                        Long.MAX_VALUE,
                        namespace.historySize(),
                        ChannelStore.Direction.FORWARD)
                : ChannelStore.Range.NOTHING;
        gateway.channelStore()
                .read(command.channel(), namespace, range)
                .whenCompleteAsync(
                        (history, failure) -> {
                            if (byName.get(command.channel()) != subscription) {
                                return;
                            }
                            if (failure == null) {
                                begin(command, subscription, history, then);
                            } else {
                                remove(subscription);
                                refuse(command.id(), ProtocolError.INTERNAL, then);
                            }
                            connection.loop().flush();
                        },
                        connection.loop().executor);
    }

    private void begin(
            Command.Subscribe command,
            ChannelSubscription subscription,
            ChannelStore.History history,
            Consumer<Reply> then) {
        Command.ClientPosition client = command.position();
        boolean recovered = client.recover() && isComplete(client, history);
        if (client.recover() && !recovered && command.mustRecover()) {
            remove(subscription);
            refuse(command.id(), ProtocolError.UNRECOVERABLE, then);
            return;
        }
        List<Reply.Missed> missed = recovered
                ? history.publications().stream()
                        .map(ClientSubscriptions::missed)
                        .toList()
                : List.of();
        then.accept(new Reply.Subscribed(
                command.id(),
                Optional.of(new Reply.Standing(
                        history.epoch(),
                        recovered ? client.offset() : history.offset(),
                        client.recover() ? recovered : null,
                        missed))));
        subscription.begin(new ChannelStore.Position(history.offset(), history.epoch()));
    }

    /// Whether the history holds everything that the client did not get.
    private static boolean isComplete(Command.ClientPosition client, ChannelStore.History history) {
        boolean sameEpoch = client.epoch().isEmpty() || client.epoch().equals(history.epoch());
        return sameEpoch
                && client.offset() >= 0
                && history.offset() - client.offset() == history.publications().size();
    }

    private static Reply.Missed missed(ChannelPublication publication) {
        return new Reply.Missed(publication.offset(), publication.data(), publication.user(), publication.client());
    }

    private static void refuse(long id, ProtocolError error, Consumer<Reply> then) {
        then.accept(new Reply.Refused(id, error));
    }

    // Leaving ---------------------------------------------------------------------------------------------------

    /// The client wants no more of a channel, if it had it.
    void unsubscribe(String channel) {
        ChannelSubscription subscription = byName.get(channel);
        if (subscription != null) {
            remove(subscription);
        }
    }

    /// A service wants it to leave.
    void expel(String channel) {
        if (byName.containsKey(channel)) {
            unsubscribe(channel);
            connection.tell(new Reply.Expelled(channel, UNSUBSCRIBED_BY_SERVER, "server unsubscribe"));
        }
    }

    /// It missed something: the client subscribes anew, and recovers.
    void lost(ChannelSubscription subscription) {
        remove(subscription);
        gateway.metrics().gap();
        connection.tell(new Reply.Expelled(subscription.feed().name(), INSUFFICIENT_STATE, "insufficient state"));
    }

    void drained() {
        for (ChannelSubscription subscription : new ArrayList<>(byName.values())) {
            subscription.drained();
        }
    }

    void end() {
        for (ChannelSubscription subscription : new ArrayList<>(byName.values())) {
            remove(subscription);
        }
    }

    private void remove(ChannelSubscription subscription) {
        byName.remove(subscription.feed().name());
        subscription.end();
        subscription.feed().remove(subscription, connection.loop().index);
        gateway.channels().leave(subscription.feed());
    }

    // What else it may do there ---------------------------------------------------------------------------------

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
            byte[] publication = ChannelPublication.encode(session.user(), session.clientId(), data.get());
            gateway.channelStore()
                    .publish(command.channel(), namespace.get(), publication)
                    .whenCompleteAsync(
                            (position, failure) -> then.accept(
                                    failure == null
                                            ? new Reply.Published(command.id())
                                            : new Reply.Refused(command.id(), ProtocolError.INTERNAL)),
                            connection.loop().executor);
        }
    }

    private boolean mayPublish(String channel, Namespace namespace) {
        return switch (namespace.publish()) {
            case NOBODY -> false;
            case SUBSCRIBERS -> isSubscribed(channel);
            case USERS -> true;
        };
    }

    private boolean isSubscribed(String channel) {
        ChannelSubscription subscription = byName.get(channel);
        return subscription != null && subscription.isLive();
    }

    /// For subscribers.
    void history(Command.History command, Consumer<Reply> then) {
        Optional<Namespace> namespace = gateway.channels().namespaceOf(command.channel());
        if (namespace.isEmpty()) {
            refuse(command.id(), ProtocolError.UNKNOWN_CHANNEL, then);
        } else if (!namespace.get().hasHistory()) {
            refuse(command.id(), ProtocolError.NOT_AVAILABLE, then);
        } else if (!isSubscribed(command.channel())) {
            refuse(command.id(), ProtocolError.PERMISSION_DENIED, then);
        } else {
            gateway.channelStore()
                    .read(command.channel(), namespace.get(), command.range(namespace.get()))
                    .whenCompleteAsync(
                            (history, failure) -> then.accept(
                                    failure != null
                                            ? new Reply.Refused(command.id(), ProtocolError.INTERNAL)
                                            : command.isOfEpoch(history.epoch())
                                                    ? history(command, history)
                                                    : new Reply.Refused(command.id(), ProtocolError.UNRECOVERABLE)),
                            connection.loop().executor);
        }
    }

    private static Reply history(Command.History command, ChannelStore.History history) {
        return new Reply.Historic(
                command.id(),
                history.epoch(),
                history.offset(),
                history.publications().stream().map(ClientSubscriptions::missed).toList());
    }
}
