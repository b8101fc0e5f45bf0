package io.belfry.gateway;

import io.belfry.core.identity.Revocations;
import io.micronaut.context.annotation.Context;
import io.netty.channel.Channel;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/// What the connections of this node share. Thread-safe; nothing here blocks.
@Context
final class Gateway implements FeedSubscriptions.Listener {
    private final GatewaySettings settings;
    private final Registry registry;
    private final Sockets sockets;
    private final Positions positions;
    private final CatchUp catchUp;
    private final Rpcs rpcs;
    private final Wording wording;
    private final AnnouncementLog announcements;
    private final Reconciler reconciler;
    private final ReceiptFlusher receipts;
    private final Departures departures;
    private final Drain drain;
    private final GatewayMetrics metrics;
    private final Clock clock;
    private final TokenDesk tokenDesk;
    private final Tickets tickets;
    private final Revocations revocations;
    private final Epochs epochs;

    Gateway(
            GatewaySettings settings,
            Registry registry,
            FeedSubscriptions feeds,
            Sockets sockets,
            Positions positions,
            CatchUp catchUp,
            Rpcs rpcs,
            Wording wording,
            AnnouncementLog announcements,
            Reconciler reconciler,
            ReceiptFlusher receipts,
            Departures departures,
            Drain drain,
            GatewayMetrics metrics,
            Clock clock,
            TokenDesk tokenDesk,
            Tickets tickets,
            Revocations revocations,
            Epochs epochs) {
        this.settings = settings;
        this.registry = registry;
        this.sockets = sockets;
        this.positions = positions;
        this.catchUp = catchUp;
        this.rpcs = rpcs;
        this.wording = wording;
        this.announcements = announcements;
        this.reconciler = reconciler;
        this.receipts = receipts;
        this.departures = departures;
        this.drain = drain;
        this.metrics = metrics;
        this.clock = clock;
        this.tokenDesk = tokenDesk;
        this.tickets = tickets;
        this.revocations = revocations;
        this.epochs = epochs;
        epochs.start(announcements::restart);
        feeds.start(this, registry.feeds());
        announcements.start();
        revocations.onRevoked(this::endRevoked);
    }

    GatewaySettings settings() {
        return settings;
    }

    Registry registry() {
        return registry;
    }

    Positions positions() {
        return positions;
    }

    CatchUp catchUp() {
        return catchUp;
    }

    Rpcs rpcs() {
        return rpcs;
    }

    Wording wording() {
        return wording;
    }

    ReceiptFlusher receipts() {
        return receipts;
    }

    Departures departures() {
        return departures;
    }

    TokenDesk tokenDesk() {
        return tokenDesk;
    }

    Tickets tickets() {
        return tickets;
    }

    Epochs epochs() {
        return epochs;
    }

    Drain drain() {
        return drain;
    }

    GatewayMetrics metrics() {
        return metrics;
    }

    Clock clock() {
        return clock;
    }

    String version() {
        return Optional.ofNullable(Gateway.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }

    /// Whether clients can be connected yet.
    boolean isReady() {
        return announcements.ready().isDone() && revocations.isLoaded();
    }

    boolean isRevoked(Session session) {
        return session.isRevoked(revocations);
    }

    /// Whoever is being let in at the moment is looked at when that is done.
    private void endRevoked(Set<String> users) {
        for (String user : users) {
            registry.forEachSession(user, session -> {
                if (session.isLive() && isRevoked(session)) {
                    session.connection().disconnect(Disconnect.INVALID_TOKEN);
                }
            });
        }
    }

    /// A connection for a channel whose upgrade was answered. On the channel's event loop.
    WebSocketConnection open(Channel channel, Encoding encoding, String address) {
        sockets.enter(address);
        return new WebSocketConnection(this, registry.loop(channel.eventLoop()), encoding, address);
    }

    /// A connection for a channel on which an event stream is wanted. On the channel's event loop.
    StreamConnection stream(Channel channel, StreamRequest request, String address) {
        sockets.enter(address);
        return new StreamConnection(this, registry.loop(channel.eventLoop()), request, address);
    }

    void left(String address) {
        sockets.leave(address);
    }

    @Override
    public void onInbox(String user, byte[] message) {
        registry.publish(user, message);
    }

    @Override
    public void onAnnouncement() {
        announcements.wake();
    }

    @Override
    public void onOrder(byte[] order) {
        Orders.read(order)
                .ifPresent(closing -> registry.forEachSession(
                        closing.user(), session -> session.connection().disconnect(closing.why())));
    }

    @Override
    public void onBelatedConfirmation(Feed feed) {
        reconciler.add(feed);
    }
}
