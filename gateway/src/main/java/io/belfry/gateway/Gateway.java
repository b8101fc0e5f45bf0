package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import io.micronaut.context.annotation.Context;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;

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
    private final UserTokens tokens;
    private final Batcher<TokenCheck> tokenChecks;

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
            UserTokens tokens) {
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
        this.tokens = tokens;
        this.tokenChecks = new Batcher<>(
                "tokens",
                1,
                settings.limits().databaseQueries(),
                settings.limits().pendingConnects(),
                batch -> batch.forEach(this::check));
        feeds.start(this, registry.feeds());
        announcements.start();
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
        return announcements.ready().isDone();
    }

    /// A connection for a channel whose upgrade was answered. On the channel's event loop.
    Connection open(Channel channel, InetAddress address) {
        sockets.enter(address);
        return new Connection(this, registry.loop(channel.eventLoop()), address);
    }

    void left(InetAddress address) {
        sockets.leave(address);
    }

    private record TokenCheck(String token, Loop loop, Consumer<TokenVerdict> then) {}

    /// Checks a token, here if that takes no more than arithmetic.
    ///
    /// @param then gets the verdict on the loop; at once, or later
    void verify(String token, Loop loop, Consumer<TokenVerdict> then) {
        if (!tokens.mayBlock()) {
            then.accept(tokens.verify(token));
        } else if (!tokenChecks.offer(new TokenCheck(token, loop, then))) {
            // As good as expired: the client gets a new one, after a delay.
            then.accept(new TokenVerdict.Expired());
        }
    }

    private void check(TokenCheck check) {
        TokenVerdict verdict = tokens.verify(check.token);
        check.loop.executor.execute(() -> check.then.accept(verdict));
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
    public void onBelatedConfirmation(Feed feed) {
        reconciler.add(feed);
    }
}
