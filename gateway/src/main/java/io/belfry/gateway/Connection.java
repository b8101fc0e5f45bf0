package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.InetAddress;
import java.time.Duration;

/// One socket: the only handler that a live WebSocket has, apart from TLS. It reads frames, writes frames that are
/// ready for the wire, pings, knows whether the client keeps up, and closes in good order. What the messages mean is
/// its [Session]'s business. Everything happens on the channel's event loop.
///
/// Nothing is written while the channel is not writable, except replies to commands (of which one at most is worked on)
/// and the close frame. So a client that does not read costs [GatewaySettings.Limits#outboundBytes()] and one frame.
final class Connection extends ChannelDuplexHandler implements FrameReader.Reader {
    /// How long a client may take to answer a close frame.
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

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
    private final InetAddress address;
    private final FrameReader frames;
    private final Session session;
    private ChannelHandlerContext context;
    private boolean closing;
    private boolean pinged;
    private boolean slow;
    private boolean dirty;
    private byte transportPings;

    Connection(Gateway gateway, Loop loop, InetAddress address) {
        this.gateway = gateway;
        this.loop = loop;
        this.address = address;
        this.frames = new FrameReader(this, gateway.settings().limits().messageBytes());
        this.session = new Session(gateway, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop.add(this);
        loop.connecting.add(this, System.nanoTime());
        gateway.metrics().opened();
    }

    Session session() {
        return session;
    }

    Loop loop() {
        return loop;
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
        frames.read((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        loop.flush();
    }

    @Override
    public void onText(byte[] message) {
        if (!closing) {
            session.receive(message);
        }
    }

    @Override
    public void onPing(byte[] payload) {
        if (closing || !isWritable()) {
            return;
        }
        if (++transportPings > MAX_TRANSPORT_PINGS) {
            disconnect(Disconnect.TOO_MANY_REQUESTS);
        } else {
            write(Frames.pong(loop.allocator, payload));
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
        session.answered();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!closing) {
            gateway.metrics().lost();
        }
        closing = true;
        frames.stop();
        loop.remove(this);
        session.end();
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

    /// A ping was written with another frame.
    void pinged() {
        pinged = true;
        session.proof().pinged();
        loop.ponging.add(this, System.nanoTime());
    }

    void ping() {
        write(Frames.ping());
        pinged();
    }

    /// Once a period. A ping that asks for a receipt and has no answer yet counts; a busy connection is pinged all the
    /// same, because most SDKs want pings rather than traffic.
    void pingInTurn() {
        transportPings = 0;
        if (session.isConnected() && !pinged && isWritable()) {
            ping();
        }
    }

    void checkExpiry() {
        if (session.isOverdue()) {
            disconnect(Disconnect.EXPIRED);
        }
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
            session.drained();
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
        session.end();
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
