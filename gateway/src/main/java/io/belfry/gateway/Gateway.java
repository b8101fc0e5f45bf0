package io.belfry.gateway;

import io.belfry.core.identity.Revocations;
import io.micronaut.context.annotation.Context;
import io.netty.channel.Channel;
import java.time.Clock;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

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
    private final Channels channels;
    private final ChannelStore channelStore;
    private final Presence presence;
    private final InsecureClients insecureClients;

    /// Half of the names of this node's connections.
    private final long node = ThreadLocalRandom.current().nextLong();
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
            Channels channels,
            ChannelStore channelStore,
            Presence presence,
            InsecureClients insecureClients,
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
        this.channels = channels;
        this.channelStore = channelStore;
        this.presence = presence;
        this.insecureClients = insecureClients;
        this.epochs = epochs;
        epochs.start(announcements::restart);
        feeds.start(this, this::wanted);
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

    /// All that connections want to hear of.
    private Iterator<RedisSubscription> wanted() {
        return Stream.<RedisSubscription>concat(registry.feeds().stream(), channels.feeds().stream())
                .iterator();
    }

    Channels channels() {
        return channels;
    }

    ChannelStore channelStore() {
        return channelStore;
    }

    Presence presence() {
        return presence;
    }

    InsecureClients insecureClients() {
        return insecureClients;
    }

    /// The name of a connection, a UUID.
    String clientId(long number) {
        return new UUID(node & ~0xF000L | 0x4000L, number & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L).toString();
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
    public void onChannel(String channel, byte[] message) {
        channels.publish(channel, message);
    }

    @Override
    public void onOrder(byte[] order) {
        Orders.read(order).ifPresent(this::obey);
    }

    private void obey(Orders.Order order) {
        registry.forEachSession(order.user(), session -> {
            switch (order) {
                case Orders.Closing closing -> {
                    if (closing.concerns(session)) {
                        session.connection().disconnect(closing.why());
                    }
                }
                case Orders.Joining joining -> session.enlist(joining.channel());
                case Orders.Leaving leaving -> session.expel(leaving.channel());
            }
        });
    }

    @Override
    public void onBelatedConfirmation(RedisSubscription subscription) {
        switch (subscription) {
            case Feed feed -> reconciler.add(feed);
            case ChannelFeed channel -> channels.compare(channel);
        }
    }
}
