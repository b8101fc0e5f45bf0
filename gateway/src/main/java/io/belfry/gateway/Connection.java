package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;

/// One socket of a client: the only handler that it has, apart from TLS. It writes what is ready for the wire, knows
/// whether the client keeps up, and closes in good order. Everything happens on the channel's event loop, but for what
/// says otherwise.
///
/// Nothing is written while the channel is not writable, except replies to commands (of which one at most is worked on)
/// and the goodbye. So a client that does not read costs [GatewaySettings.Limits#outboundBytes()] and one frame.
abstract class Connection extends ChannelDuplexHandler {
    /// How long a client may take to go once it was told to.
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

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
    private final String address;
    private ChannelHandlerContext context;
    private boolean closing;
    private boolean slow;
    private boolean dirty;
    private boolean gone;
    private volatile long heardAtNanos = System.nanoTime();

    Connection(Gateway gateway, Loop loop, String address) {
        this.gateway = gateway;
        this.loop = loop;
        this.address = address;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop.add(this);
        loop.connecting.add(this, System.nanoTime());
        if (!ctx.channel().isActive()) {
            // It was reset while it was taken over, and nobody will say so again.
            channelInactive(ctx);
        }
    }

    Gateway gateway() {
        return gateway;
    }

    /// Any thread.
    Loop loop() {
        return loop;
    }

    /// When the client last sent anything. Any thread.
    long heardAtNanos() {
        return heardAtNanos;
    }

    Channel channel() {
        return context.channel();
    }

    /// Whether it was told to go, or went.
    boolean isClosing() {
        return closing;
    }

    /// Whether a publication may be written now.
    boolean isWritable() {
        return !closing && context.channel().isWritable();
    }

    // What kinds of connections do differently ----------------------------------------------------------------------

    /// The session of a connected client, or null.
    abstract Session session();

    /// How it speaks, for figures.
    abstract GatewayMetrics.Speech speech();

    /// The client sent something; the buffer is to be released.
    abstract void receive(ByteBuf bytes);

    /// The client takes in again.
    abstract void drained();

    /// It is over: nothing more is read, and the session ends.
    abstract void end();

    /// A last word, which may be followed by a wait for the client's.
    abstract void sayGoodbye(Disconnect disconnect);

    abstract void publish(Publication publication, boolean ping);

    /// Whether pings prove anything, and one may be written: there is never more than one without an answer.
    abstract boolean mayPing();

    /// A ping of the protocol was written, alone or with a publication. The client is connected.
    abstract void pinged();

    abstract void ping();

    /// Once a period.
    abstract void pingInTurn();

    /// The user has as many connections as one may have, and this made room for another.
    abstract void displace();

    // In --------------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heardAtNanos = System.nanoTime();
        receive((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        loop.flush();
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
        if (slow) {
            slow = false;
            gateway.metrics().stallEnded();
        }
        loop.remove(this);
        end();
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
        } else {
            session.checkSubscriptions();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        if (!writable && !slow && !closing) {
            slow = true;
            gateway.metrics().stalled();
            gateway.metrics().hit(Guard.OUTBOUND);
            loop.slow(this);
        } else if (writable && slow) {
            slow = false;
            gateway.metrics().stallEnded();
            loop.notSlow(this);
            Session session = session();
            if (session != null) {
                session.drained();
            }
            drained();
        }
    }

    /// Says goodbye, and closes the socket once the client is gone or [#CLOSE_PATIENCE] is over: closing it at once
    /// could lose the last word to a reset.
    void disconnect(Disconnect disconnect) {
        if (closing) {
            return;
        }
        closing = true;
        gateway.metrics().closed(disconnect);
        sayGoodbye(disconnect);
        end();
        loop.closing.add(this, System.nanoTime());
    }

    /// The same for a client that ran into a limit.
    void disconnect(Disconnect disconnect, Guard guard) {
        if (!closing) {
            gateway.metrics().hit(guard);
        }
        disconnect(disconnect);
    }

    /// The client wants to go.
    void closedByClient() {
        closing = true;
        gateway.metrics().closedByClient();
    }

    /// Writes past the gate that [#disconnect] closed.
    ChannelFuture writeLast(ByteBuf frame) {
        return context.writeAndFlush(frame);
    }

    /// Closes the socket without further words.
    void abort() {
        context.close();
    }

    /// Somebody else than this class wants the channel closed. Only the server does, when it stops, and it would close
    /// all sockets at once and without a goodbye: the drain does it better.
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        gateway.drain().begin();
    }
}
