package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;

/// One socket: the only handler that a live WebSocket has, apart from TLS. It reads frames, writes frames that are
/// ready for the wire, pings, knows whether the client keeps up, and closes in good order. What the messages mean is
/// its [Conversation]'s business. Everything happens on the channel's event loop, but for what says otherwise.
///
/// Nothing is written while the channel is not writable, except replies to commands (of which one at most is worked on)
/// and the close frame. So a client that does not read costs [GatewaySettings.Limits#outboundBytes()] and one frame.
final class Connection extends ChannelDuplexHandler implements FrameReader.Reader {
    /// How long a client may take to answer a close frame.
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    /// How long after a ping a client that is well has answered.
    private static final Duration LATE_PONG = Duration.ofSeconds(2);

    private static final int MAX_TRANSPORT_PINGS = 10;

    // Where the loop keeps it.
    byte slot;
    int place;
    DeadlineList waitingIn;
    Connection waitsBefore;
    Connection waitsAfter;
    long waitsUntilNanos;
    long slowSinceNanos;

    private final Gateway gateway;
    private final Loop loop;
    private final Encoding encoding;
    private final String address;
    private final FrameReader frames;
    private final Conversation conversation;
    private ChannelHandlerContext context;
    private boolean closing;
    private boolean pinged;
    private boolean slow;
    private boolean dirty;
    private boolean gone;
    private byte transportPings;
    private volatile long heardAtNanos = System.nanoTime();

    Connection(Gateway gateway, Loop loop, Encoding encoding, String address) {
        this.gateway = gateway;
        this.loop = loop;
        this.encoding = encoding;
        this.address = address;
        this.frames =
                new FrameReader(this, encoding, gateway.settings().limits().messageBytes());
        this.conversation = new Conversation(gateway, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop.add(this);
        loop.connecting.add(this, System.nanoTime());
        gateway.metrics().opened(encoding);
        if (!ctx.channel().isActive()) {
            // It was reset while it was upgraded, and nobody will say so again.
            channelInactive(ctx);
        }
    }

    /// The session of a connected client, or null.
    Session session() {
        return conversation.session();
    }

    /// Any thread.
    Loop loop() {
        return loop;
    }

    /// When the client last sent anything. Any thread.
    long heardAtNanos() {
        return heardAtNanos;
    }

    Encoding encoding() {
        return encoding;
    }

    Channel channel() {
        return context.channel();
    }

    /// Whether it can still be written to.
    boolean isOpen() {
        return !closing && context.channel().isActive();
    }

    /// Whether a publication may be written now.
    boolean isWritable() {
        return !closing && context.channel().isWritable();
    }

    // In --------------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heardAtNanos = System.nanoTime();
        frames.read((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        loop.flush();
    }

    @Override
    public void onMessage(byte[] message) {
        if (!closing) {
            conversation.receive(message);
        }
    }

    /// Whether a client that sends nothing but control frames may go on.
    private boolean isAllowed() {
        if (conversation.mayAsk()) {
            return true;
        }
        disconnect(Disconnect.TOO_MANY_REQUESTS);
        return false;
    }

    @Override
    public void onPing(byte[] payload) {
        if (closing || !isAllowed()) {
            return;
        }
        if (++transportPings > MAX_TRANSPORT_PINGS) {
            disconnect(Disconnect.TOO_MANY_REQUESTS);
        } else if (isWritable()) {
            write(Frames.pong(loop.allocator, payload));
        }
    }

    @Override
    public void onPong() {
        // We send no pings of the transport, so it means nothing.
        if (!closing) {
            isAllowed();
        }
    }

    @Override
    public void onClose(int code) {
        frames.stop();
        if (closing) {
            abort();
            return;
        }
        closing = true;
        gateway.metrics().closedByClient();
        ByteBuf answer = code == 0 ? Frames.close(loop.allocator) : Frames.close(loop.allocator, code, "");
        context.writeAndFlush(answer).addListener(written -> abort());
    }

    @Override
    public void onViolation(Disconnect disconnect) {
        disconnect(disconnect);
    }

    /// The client answered a ping of the protocol.
    void pong() {
        if (!pinged) {
            disconnect(Disconnect.BAD_REQUEST);
            return;
        }
        pinged = false;
        if (waitingIn == loop.ponging) {
            loop.ponging.remove(this);
        }
        Session session = session();
        if (session != null) {
            session.answered();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (gone) {
            return;
        }
        gone = true;
        if (!closing) {
            gateway.metrics().lost();
        }
        closing = true;
        frames.stop();
        loop.remove(this);
        conversation.end();
        gateway.left(address);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            abort();
        } else {
            gateway.metrics().bug(cause);
            disconnect(Disconnect.SERVER_ERROR);
        }
    }

    // Out -------------------------------------------------------------------------------------------------------

    /// Writes a frame, which is flushed when the loop has done what it is doing.
    void write(ByteBuf frame) {
        if (closing) {
            frame.release();
            return;
        }
        context.write(frame, context.voidPromise());
        if (!dirty) {
            dirty = true;
            loop.unflushed(this);
        }
    }

    void flush() {
        dirty = false;
        context.flush();
    }

    /// Whether a ping may be written: there is never more than one without an answer.
    boolean mayPing() {
        return !pinged;
    }

    /// A ping of the protocol was written, alone or with another frame. The client is connected.
    void pinged() {
        pinged = true;
        session().proof().pinged();
        loop.ponging.add(this, System.nanoTime());
    }

    void ping() {
        write(encoding.ping());
        pinged();
    }

    /// Once a period. A ping that asks for a receipt and has no answer yet counts; a busy connection is pinged all the
    /// same, because most SDKs want pings rather than traffic.
    void pingInTurn() {
        transportPings = 0;
        if (session() != null && !pinged && isWritable()) {
            ping();
        }
    }

    /// Every few seconds: what was true when the client connected may no longer be.
    void checkStanding() {
        Session session = session();
        if (session == null) {
            return;
        }
        if (session.isOverdue()) {
            disconnect(Disconnect.EXPIRED);
        } else if (gateway.epochs().isOver(session.epoch())) {
            disconnect(Disconnect.INSUFFICIENT_STATE);
        }
    }

    /// The user has as many connections as one may have, and this made room for another.
    ///
    /// One that is late with its pong is probably dead; should it be only asleep, it may come back. One that is
    /// alive
    /// must not: it would displace another, which would come back and displace the next.
    void displace() {
        boolean isLate = System.nanoTime() - heardAtNanos
                > gateway.settings().ping().plus(LATE_PONG).toNanos();
        disconnect(isLate ? Disconnect.NO_PONG : Disconnect.CONNECTION_LIMIT);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        if (!writable && !slow && !closing) {
            slow = true;
            gateway.metrics().stalled();
            loop.slow(this);
        } else if (writable && slow) {
            slow = false;
            loop.notSlow(this);
            Session session = session();
            if (session != null) {
                session.drained();
            }
            conversation.workOn();
        }
    }

    /// Says goodbye, and closes the socket once the client has answered or [#CLOSE_PATIENCE] is over: closing it at
    /// once could lose the close frame to a reset.
    void disconnect(Disconnect disconnect) {
        if (closing) {
            return;
        }
        closing = true;
        frames.skipToClose();
        gateway.metrics().closed(disconnect);
        context.writeAndFlush(
                Frames.close(loop.allocator, disconnect.code(), disconnect.reason()), context.voidPromise());
        conversation.end();
        loop.closing.add(this, System.nanoTime());
    }

    /// Closes the socket without further words.
    void abort() {
        context.close();
    }

    /// Somebody else than this class wants the channel closed. Only the server does, when it stops, and it would close
    /// all sockets at once and without a close frame: the drain does it better.
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        gateway.drain().begin();
    }
}
