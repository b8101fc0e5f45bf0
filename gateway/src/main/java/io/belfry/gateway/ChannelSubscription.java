package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.netty.buffer.ByteBuf;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;

/// One connection's subscription to a plain channel. In a channel with history the client gets every publication, in
/// order, or is told to subscribe anew, which recovers it; in one without, what it cannot take in at the moment is
/// lost. Stays on the connection's event loop.
final class ChannelSubscription extends LoopChains.Link<ChannelSubscription> {
    private static final int MAX_HELD = 64;

    private final ClientSubscriptions owner;
    private final WebSocketConnection connection;
    private final ChannelFeed feed;
    private final boolean moves;
    private Terms terms;
    private ClientInfo present;
    private Mode mode = Mode.JOINING;
    private ArrayList<ChannelPublication> held = new ArrayList<>(2);
    private long last;
    private String epoch = "";

    private enum Mode {
        /// The client is not told yet: hold everything.
        JOINING,
        LIVE,
        /// The client does not take in what was written. It is told to come anew when it does.
        LAGGING,
        ENDED
    }

    /// On what grounds it is there.
    ///
    /// @param endsAtSeconds since 1970, when its token does, or [#NEVER]
    /// @param info what its token says of the client, or empty
    record Terms(long endsAtSeconds, String info, boolean isByServer) {
        private static final long NEVER = Long.MAX_VALUE;

        static final Terms NONE = new Terms(NEVER, "", false);

        /// A service subscribed it.
        static final Terms BY_SERVER = new Terms(NEVER, "", true);

        static Terms of(TokenVerdict.Valid token) {
            return new Terms(
                    token.expiresAt().equals(Instant.MAX)
                            ? NEVER
                            : token.expiresAt().getEpochSecond(),
                    token.info(),
                    false);
        }

        boolean endsBefore(long seconds) {
            return endsAtSeconds < seconds;
        }

        /// How long it is still good, at least 1; empty when it does not end.
        OptionalLong ttlSeconds(Clock clock) {
            return endsAtSeconds == NEVER
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            Math.max(1, endsAtSeconds - clock.instant().getEpochSecond()));
        }
    }

    /// @param moves whether the client wants to be told of those who come and go
    ChannelSubscription(
            ClientSubscriptions owner, WebSocketConnection connection, ChannelFeed feed, Terms terms, boolean moves) {
        this.owner = owner;
        this.connection = connection;
        this.feed = feed;
        this.terms = terms;
        this.moves = moves;
    }

    Terms terms() {
        return terms;
    }

    /// The client has a new token for it. Others keep knowing it by what the first one said.
    void holds(Terms renewed) {
        terms = new Terms(renewed.endsAtSeconds, terms.info, terms.isByServer);
    }

    /// As whom it is in the channel's presence, if it is.
    Optional<ClientInfo> presence() {
        return Optional.ofNullable(present);
    }

    void present(ClientInfo who) {
        present = who;
    }

    ChannelFeed feed() {
        return feed;
    }

    boolean isLive() {
        return mode == Mode.LIVE || mode == Mode.LAGGING;
    }

    /// The client was told that it has everything up to there.
    void begin(ChannelStore.Position from) {
        last = from.offset();
        epoch = from.epoch();
        mode = Mode.LIVE;
        ArrayList<ChannelPublication> waiting = held;
        held = null;
        for (ChannelPublication publication : waiting) {
            var frames = new SharedFrames(publication.head(feed), publication.offset(), publication.data(), 0);
            publish(publication, frames);
            frames.release();
        }
    }

    void end() {
        mode = Mode.ENDED;
        held = null;
    }

    void publish(ChannelPublication publication, SharedFrames frames) {
        switch (mode) {
            case JOINING -> hold(publication);
            case LIVE -> {
                if (!feed.namespace().hasHistory()) {
                    write(frames);
                } else if (publication.epoch().equals(epoch) && publication.offset() <= last) {
                    // It had this when it subscribed.
                    return;
                } else if (!publication.epoch().equals(epoch) || publication.offset() != last + 1) {
                    owner.lost(this);
                } else if (write(frames)) {
                    last = publication.offset();
                } else {
                    mode = Mode.LAGGING;
                }
            }
            case LAGGING, ENDED -> {}
        }
    }

    /// More than can be held leaves a gap, which is noticed.
    private void hold(ChannelPublication publication) {
        if (held.size() < MAX_HELD) {
            held.add(publication);
        }
    }

    private boolean write(SharedFrames frames) {
        if (!connection.isWritable()) {
            connection.gateway().metrics().dropped(GatewayMetrics.Drop.SLOW_CLIENT);
            return false;
        }
        ByteBuf frame = frames.frame(connection.loop().allocator, connection.encoding(), false);
        connection.write(frame);
        connection.gateway().metrics().delivered();
        return true;
    }

    /// Somebody came or went. Nothing is told that the client does not take in at once.
    void tell(SharedReply move) {
        if (moves && mode == Mode.LIVE && connection.isWritable()) {
            connection.write(move.frame(connection.loop().allocator, connection.encoding()));
        }
    }

    /// The client takes in again.
    void drained() {
        if (mode == Mode.LAGGING) {
            owner.lost(this);
        }
    }

    void compare(ChannelStore.History head) {
        if (mode == Mode.LIVE && (!head.epoch().equals(epoch) || head.offset() > last)) {
            owner.lost(this);
        }
    }
}
