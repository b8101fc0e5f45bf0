package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The plain channels to which one client is subscribed. Stays on the connection's event loop; answers come there, each
/// once.
final class ClientSubscriptions {
    private static final int UNSUBSCRIBED_BY_SERVER = 2000;
    private static final int INSUFFICIENT_STATE = 2500;
    private static final int EXPIRED = 2501;

    private final Gateway gateway;
    private final WebSocketConnection connection;
    private final Session session;
    private final ChannelCalls calls;
    private final Map<String, ChannelSubscription> byName = new HashMap<>(4);

    ClientSubscriptions(Gateway gateway, WebSocketConnection connection, Session session) {
        this.gateway = gateway;
        this.connection = connection;
        this.session = session;
        this.calls = new ChannelCalls(gateway, connection, this);
    }

    void take(Command.OfChannel command, Consumer<Reply> then) {
        switch (command) {
            case Command.Subscribe s -> new Subscribing(gateway, connection, session, this, s, then).start();
            case Command.Unsubscribe u -> {
                unsubscribe(u.channel());
                then.accept(new Reply.Unsubscribed(u.id()));
            }
            case Command.SubscriptionRefresh r -> refresh(r, then);
            case Command.Publish p -> calls.publish(p, then);
            case Command.History h -> calls.history(h, then);
            case Command.Presence p -> calls.presence(p, then);
            case Command.PresenceStats s -> calls.stats(s, then);
        }
    }

    /// A service wants the client to be in a channel. What comes of it is a push; where nothing does, nobody is told.
    void enlist(String channel) {
        var command = new Command.Subscribe(0, channel, "", new Command.ClientPosition(false, "", 0), false, true);
        Consumer<Reply> tell = reply -> {
            if (reply instanceof Reply.Subscribed subscribed) {
                connection.tell(new Reply.Enlisted(channel, subscribed.standing()));
            }
        };
        new Subscribing(gateway, connection, session, this, command, tell).startByServer();
    }

    /// An expired token closes the connection: an error that is not temporary would end the subscription for good.
    private void refresh(Command.SubscriptionRefresh command, Consumer<Reply> then) {
        gateway.tokenDesk().check(command.token(), command.channel(), connection.loop(), answer -> {
            ChannelSubscription subscription = byName.get(command.channel());
            switch (answer) {
                case TokenDesk.Judged(TokenVerdict.Valid valid)
                when session.isOf(valid) && subscription != null -> {
                    subscription.holds(ChannelSubscription.Terms.of(valid));
                    then.accept(new Reply.SubscriptionRefreshed(
                            command.id(), subscription.terms().ttlSeconds(gateway.clock())));
                }
                case TokenDesk.Judged(TokenVerdict.Valid _), TokenDesk.Judged(TokenVerdict.Invalid _) ->
                    then.accept(new Reply.Refused(command.id(), ProtocolError.PERMISSION_DENIED));
                case TokenDesk.Judged(TokenVerdict.Expired _) -> connection.disconnect(Disconnect.SUBSCRIPTION_EXPIRED);
                case TokenDesk.Busy() -> then.accept(new Reply.Refused(command.id(), ProtocolError.TOO_MANY_REQUESTS));
            }
        });
    }

    // What there is ---------------------------------------------------------------------------------------------

    int size() {
        return byName.size();
    }

    boolean has(String channel) {
        return byName.containsKey(channel);
    }

    boolean has(ChannelSubscription subscription) {
        return byName.get(subscription.feed().name()) == subscription;
    }

    /// Whether the client was told that it is subscribed.
    boolean isSubscribed(String channel) {
        ChannelSubscription subscription = byName.get(channel);
        return subscription != null && subscription.isLive();
    }

    /// Who others in a channel are told the client is, subscribed or not.
    ClientInfo infoIn(String channel) {
        ChannelSubscription subscription = byName.get(channel);
        return session.info(subscription == null ? "" : subscription.terms().info());
    }

    void add(ChannelSubscription subscription) {
        byName.put(subscription.feed().name(), subscription);
        subscription.feed().subscriptions().add(subscription, connection.loop().index);
    }

    /// Does nothing if it is not there.
    void remove(ChannelSubscription subscription) {
        ChannelFeed feed = subscription.feed();
        if (!byName.remove(feed.name(), subscription)) {
            return;
        }
        boolean wasLive = subscription.isLive();
        subscription.end();
        feed.subscriptions().remove(subscription, connection.loop().index);
        gateway.channels().leave(feed);
        subscription.presence().ifPresent(who -> gateway.presence().exit(feed.name(), who));
        if (wasLive && feed.namespace().joinLeave()) {
            ClientInfo who = session.info(subscription.terms().info());
            gateway.channelStore().tell(feed.name(), new ChannelMove(ChannelMove.Kind.LEAVE, who));
        }
    }

    // Leaving ---------------------------------------------------------------------------------------------------

    private void unsubscribe(String channel) {
        ChannelSubscription subscription = byName.get(channel);
        if (subscription != null) {
            remove(subscription);
        }
    }

    /// A service wants it to leave.
    void expel(String channel) {
        if (has(channel)) {
            unsubscribe(channel);
            connection.tell(new Reply.Expelled(channel, UNSUBSCRIBED_BY_SERVER, "server unsubscribe"));
        }
    }

    /// It missed something: the client subscribes anew, and recovers. Where a service subscribed it, it connects anew.
    void lost(ChannelSubscription subscription) {
        gateway.metrics().gap();
        if (subscription.terms().isByServer()) {
            connection.disconnect(Disconnect.INSUFFICIENT_STATE);
            return;
        }
        remove(subscription);
        connection.tell(new Reply.Expelled(subscription.feed().name(), INSUFFICIENT_STATE, "insufficient state"));
    }

    /// Subscriptions end whose tokens did, and the time to refresh them too. SDKs get new ones and subscribe anew.
    void checkStanding() {
        long overdue = gateway.clock().instant().getEpochSecond()
                - gateway.settings().expiryGrace().toSeconds();
        for (ChannelSubscription subscription : new ArrayList<>(byName.values())) {
            if (subscription.terms().endsBefore(overdue)) {
                remove(subscription);
                connection.tell(new Reply.Expelled(subscription.feed().name(), EXPIRED, "subscription expired"));
            }
        }
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
}
