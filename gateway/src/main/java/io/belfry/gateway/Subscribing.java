package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One subscribe command on its way, from top to bottom: whether the client may is found out, the channel's feed
/// subscribed, and only then the history read, so that what is published meanwhile is either there or held; then the
/// client gets its answer, just once. Stays on the connection's event loop.
final class Subscribing {
    private final Gateway gateway;
    private final WebSocketConnection connection;
    private final Session session;
    private final ClientSubscriptions subscriptions;
    private final Command.Subscribe command;
    private final Consumer<Reply> then;
    private Namespace namespace;
    private ChannelSubscription subscription;

    Subscribing(
            Gateway gateway,
            WebSocketConnection connection,
            Session session,
            ClientSubscriptions subscriptions,
            Command.Subscribe command,
            Consumer<Reply> then) {
        this.gateway = gateway;
        this.connection = connection;
        this.session = session;
        this.subscriptions = subscriptions;
        this.command = command;
        this.then = then;
    }

    void start() {
        if (!hasNamespace()) {
            return;
        }
        if (gateway.insecureClients().areAllowed()) {
            join(ChannelSubscription.Terms.NONE);
        } else if (!command.token().isEmpty() && namespace.lets(Namespace.Reason.TOKEN)) {
            checkToken();
        } else if (namespace.isOpenTo(session.user(), command.channel())) {
            join(ChannelSubscription.Terms.NONE);
        } else {
            refuse(ProtocolError.PERMISSION_DENIED);
        }
    }

    /// Instead of [#start], where a service wants it.
    void startByServer() {
        if (hasNamespace()) {
            join(ChannelSubscription.Terms.BY_SERVER);
        }
    }

    private boolean hasNamespace() {
        Optional<Namespace> found = gateway.channels().namespaceOf(command.channel());
        namespace = found.orElse(null);
        if (found.isEmpty()) {
            refuse(ProtocolError.UNKNOWN_CHANNEL);
        }
        return found.isPresent();
    }

    private void checkToken() {
        gateway.tokenDesk().check(command.token(), command.channel(), connection.loop(), answer -> {
            switch (answer) {
                case TokenDesk.Judged(TokenVerdict.Valid valid)
                when session.isOf(valid) -> join(ChannelSubscription.Terms.of(valid));
                case TokenDesk.Judged(TokenVerdict.Expired _) -> refuse(ProtocolError.TOKEN_EXPIRED);
                // Whatever else is wrong with it concerns this channel alone, so the client stays connected.
                case TokenDesk.Judged(TokenVerdict.Valid _), TokenDesk.Judged(TokenVerdict.Invalid _) ->
                    refuse(ProtocolError.PERMISSION_DENIED);
                case TokenDesk.Busy() -> refuse(ProtocolError.TOO_MANY_REQUESTS);
            }
        });
    }

    private void join(ChannelSubscription.Terms terms) {
        if (!session.isLive()) {
            // It went while its token was checked, and would leave no more.
            refuse(ProtocolError.PERMISSION_DENIED);
        } else if (subscriptions.has(command.channel())) {
            refuse(ProtocolError.ALREADY_SUBSCRIBED);
        } else if (subscriptions.size() >= gateway.settings().limits().channelsPerConnection()) {
            gateway.metrics().hit(Guard.CHANNELS);
            refuse(ProtocolError.LIMIT_EXCEEDED);
        } else {
            Optional<ChannelFeed> feed = gateway.channels().join(command.channel(), namespace);
            if (feed.isEmpty()) {
                refuse(ProtocolError.TOO_MANY_REQUESTS);
                return;
            }
            subscription = new ChannelSubscription(subscriptions, connection, feed.get(), terms, command.moves());
            subscriptions.add(subscription);
            awaitFeed(feed.get());
        }
    }

    /// Only when Redis sends what is published may the history be read, or something could fall between the two.
    private void awaitFeed(ChannelFeed feed) {
        if (feed.isConfirmed()) {
            position();
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
                            position();
                        },
                        connection.loop().executor);
    }

    private void position() {
        if (!namespace.hasHistory()) {
            begin(Optional.empty(), new ChannelStore.Position(0, ""));
            return;
        }
        var range = command.position().recover()
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
                            if (failure == null) {
                                recover(history);
                            } else {
                                withdraw(ProtocolError.INTERNAL);
                            }
                        },
                        connection.loop().executor);
    }

    private void recover(ChannelStore.History history) {
        Command.ClientPosition client = command.position();
        boolean recovered = client.recover() && isComplete(client, history);
        if (client.recover() && !recovered && command.mustRecover()) {
            withdraw(ProtocolError.UNRECOVERABLE);
            return;
        }
        List<Reply.Missed> missed = recovered
                ? history.publications().stream().map(ChannelCalls::missed).toList()
                : List.of();
        var standing = new Reply.Standing(
                history.epoch(),
                recovered ? client.offset() : history.offset(),
                client.recover() ? recovered : null,
                missed);
        begin(Optional.of(standing), new ChannelStore.Position(history.offset(), history.epoch()));
    }

    /// Whether the history holds everything that the client did not get.
    private static boolean isComplete(Command.ClientPosition client, ChannelStore.History history) {
        boolean sameEpoch = client.epoch().isEmpty() || client.epoch().equals(history.epoch());
        return sameEpoch
                && client.offset() >= 0
                && history.offset() - client.offset() == history.publications().size();
    }

    /// In channels with presence a client is there before it is told that it is: it may ask at once who is.
    private void begin(Optional<Reply.Standing> standing, ChannelStore.Position from) {
        if (!subscriptions.has(subscription)) {
            // A service wanted it to leave, or it is gone.
            refuse(ProtocolError.PERMISSION_DENIED);
            return;
        }
        ClientInfo who = session.info(subscription.terms().info());
        if (namespace.hasPresence()) {
            if (!gateway.presence().enter(command.channel(), who, namespace.presenceSize())) {
                withdraw(ProtocolError.LIMIT_EXCEEDED);
                return;
            }
            subscription.present(who);
        }
        answer(new Reply.Subscribed(command.id(), standing, subscription.terms().ttlSeconds(gateway.clock())));
        subscription.begin(from);
        if (namespace.joinLeave()) {
            gateway.channelStore().tell(command.channel(), new ChannelMove(ChannelMove.Kind.JOIN, who));
        }
        connection.loop().flush();
    }

    private void withdraw(ProtocolError error) {
        subscriptions.remove(subscription);
        refuse(error);
    }

    private void refuse(ProtocolError error) {
        answer(new Reply.Refused(command.id(), error));
        connection.loop().flush();
    }

    private void answer(Reply reply) {
        then.accept(reply);
    }
}
