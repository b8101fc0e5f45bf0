package io.belfry.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/// One WebSocket of a user, as light as can be: finds frames in what arrives, answers the protocol's pings, and takes
/// the stamps of the notifications. Stays on its loop.
final class Socket extends ChannelInboundHandlerAdapter {
    private static final ByteBuf END_OF_HEADERS = constant("\r\n\r\n");
    private static final ByteBuf PING = constant("{}");
    /// The message `{}` in a frame masked with zeros.
    private static final ByteBuf PONG = Unpooled.unreleasableBuffer(Unpooled.directBuffer(8)
            .writeByte(0x81)
            .writeByte(0x82)
            .writeInt(0)
            .writeBytes("{}".getBytes(StandardCharsets.US_ASCII)));

    private enum State {
        UPGRADING,
        ENTERING,
        READY
    }

    private final Sockets owner;
    final int number;
    private State state = State.UPGRADING;
    private ByteBuf partial;
    private int last;
    private int missing;
    private boolean muted;

    Socket(Sockets owner, int number, int last) {
        this.owner = owner;
        this.number = number;
        this.last = last;
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        String request = "GET " + owner.plan().path(number) + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n";
        ctx.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (partial != null) {
            partial.writeBytes(in);
            in.release();
            in = partial;
            partial = null;
        }
        boolean more = true;
        while (more) {
            more = state == State.UPGRADING ? upgraded(ctx, in) : frame(ctx, in);
        }
        if (in.isReadable()) {
            partial = ctx.alloc().buffer(Math.max(1024, 2 * in.readableBytes())).writeBytes(in);
        }
        in.release();
    }

    private boolean upgraded(ChannelHandlerContext ctx, ByteBuf in) {
        int end = ByteBufUtil.indexOf(END_OF_HEADERS, in);
        if (end < 0) {
            return false;
        }
        String headers = in.toString(in.readerIndex(), end - in.readerIndex(), StandardCharsets.US_ASCII);
        in.readerIndex(end + END_OF_HEADERS.readableBytes());
        if (!headers.startsWith("HTTP/1.1 101")) {
            owner.failed(number, headers.lines().findFirst().orElse("nothing"));
            ctx.close();
            return false;
        }
        if (owner.plan().isReadyAfterUpgrade()) {
            ready();
        } else {
            state = State.ENTERING;
            ctx.writeAndFlush(text(owner.plan().hello(number)), ctx.voidPromise());
        }
        return true;
    }

    /// A client masks; with a key of zeros that changes nothing.
    private static ByteBuf text(byte[] message) {
        ByteBuf frame = Unpooled.buffer(message.length + 8).writeByte(0x81);
        if (message.length < 126) {
            frame.writeByte(0x80 | message.length);
        } else {
            frame.writeByte(0x80 | 126).writeShort(message.length);
        }
        return frame.writeInt(0).writeBytes(message);
    }

    private boolean frame(ChannelHandlerContext ctx, ByteBuf in) {
        int at = in.readerIndex();
        int there = in.readableBytes();
        if (there < 2) {
            return false;
        }
        int length = in.getByte(at + 1) & 0x7f;
        int header = 2;
        if (length == 126) {
            header = 4;
            length = there < header ? Integer.MAX_VALUE - header : in.getUnsignedShort(at + 2);
        } else if (length == 127) {
            header = 10;
            length = there < header ? Integer.MAX_VALUE - header : (int) in.getLong(at + 2);
        }
        if (there < header + length) {
            return false;
        }
        int end = at + header + length;
        int opcode = in.getByte(at) & 0x0f;
        if (opcode == 1) {
            message(ctx, in, at + header, end);
        } else if (opcode == 8) {
            owner.failed(number, length < 2 ? "closed" : "closed with " + in.getUnsignedShort(at + header));
            ctx.close();
        }
        in.readerIndex(end);
        return true;
    }

    private void message(ChannelHandlerContext ctx, ByteBuf in, int from, int to) {
        for (int at = Stamp.find(in, from, to); at >= 0; at = Stamp.find(in, at, to)) {
            arrived(Stamp.numberAt(in, at), Stamp.nanosAt(in, at));
        }
        if (state == State.ENTERING && ByteBufUtil.indexOf(owner.plan().readyMark(), in.slice(from, to - from)) >= 0) {
            ready();
        }
        // A ping is a message of its own, at the end of the frame if there are others.
        boolean ping = to - from >= 2
                && in.getByte(to - 2) == '{'
                && in.getByte(to - 1) == '}'
                && (to - from == 2 || in.getByte(to - 3) == '\n');
        if (ping && !muted) {
            ctx.write(PONG.duplicate(), ctx.voidPromise());
            owner.unflushed(ctx);
        }
    }

    private void arrived(int number, long nanos) {
        if (number > last) {
            missing += number - last - 1;
            last = number;
        } else if (missing > 0) {
            missing--;
            owner.arrivals().reordered();
        } else {
            owner.arrivals().duplicate();
            return;
        }
        owner.arrivals().add(nanos);
    }

    private void ready() {
        state = State.READY;
        owner.ready();
    }

    boolean isReady() {
        return state == State.READY;
    }

    /// How many of its user's notifications it has not got.
    ///
    /// @param sent how many the user was sent
    int lost(int sent) {
        return missing + Math.max(0, sent - last);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        owner.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        owner.closed(this);
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        owner.failed(number, String.valueOf(cause.getMessage()));
        ctx.close();
    }
}
