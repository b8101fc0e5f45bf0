package io.belfry.benchmarks.bare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The bare server's connection to Redis: reads what is published (RESP2 arrays `message`, channel, payload) and writes
/// it to the connection of the channel, as one frame.
final class BareFeeds extends ChannelInboundHandlerAdapter {
    private static final int TEXT = 0x81;
    private static final int MORE_BYTES = 1 << 16;

    private final Map<String, BareConnection> connections = new HashMap<>();
    private final String password;
    private ChannelHandlerContext redis;
    private ByteBuf unread;

    BareFeeds(String password) {
        this.password = password;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        redis = ctx;
        unread = ctx.alloc().directBuffer(MORE_BYTES);
        send("AUTH", password);
        send("SUBSCRIBE", BareServer.EVERYONE);
    }

    void subscribe(String channel, BareConnection connection) {
        connections.put(channel, connection);
        send("SUBSCRIBE", channel);
    }

    void unsubscribe(String channel) {
        connections.remove(channel);
        send("UNSUBSCRIBE", channel);
    }

    private void send(String command, String argument) {
        String text = "*2\r\n$" + command.length() + "\r\n" + command + "\r\n$" + argument.length() + "\r\n" + argument
                + "\r\n";
        redis.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), redis.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        unread.writeBytes(in);
        in.release();
        int whole = unread.readerIndex();
        while (next()) {
            whole = unread.readerIndex();
        }
        unread.readerIndex(whole).discardReadBytes();
    }

    /// Reads one answer.
    ///
    /// @return false when it has not come whole
    private boolean next() {
        int line = line();
        if (line < 0) {
            return false;
        }
        if (unread.getByte(line) != '*') {
            return true;
        }
        int kind = bulk();
        int channel = kind < 0 ? -1 : bulk();
        if (channel < 0) {
            return false;
        }
        int channelEnd = unread.readerIndex() - 2;
        if (unread.getByte(kind) != 'm') {
            // A confirmation: its third part is a number.
            return line() >= 0;
        }
        int payload = bulk();
        if (payload < 0) {
            return false;
        }
        String name = unread.toString(channel, channelEnd - channel, StandardCharsets.US_ASCII);
        int length = unread.readerIndex() - 2 - payload;
        BareConnection connection = connections.get(name);
        if (connection != null) {
            connection.write(frame(payload, length));
        } else if (name.equals(BareServer.EVERYONE)) {
            ByteBuf shared = frame(payload, length);
            connections.values().forEach(each -> each.write(shared.retainedDuplicate()));
            shared.release();
        }
        return true;
    }

    private ByteBuf frame(int from, int length) {
        ByteBuf frame = redis.alloc().directBuffer(length + 4).writeByte(TEXT);
        if (length < 126) {
            frame.writeByte(length);
        } else {
            frame.writeByte(126).writeShort(length);
        }
        return frame.writeBytes(unread, from, length);
    }

    /// @return where the line begins, or -1
    private int line() {
        int begin = unread.readerIndex();
        int end = unread.indexOf(begin, unread.writerIndex(), (byte) '\n');
        if (end < 0) {
            return -1;
        }
        unread.readerIndex(end + 1);
        return begin;
    }

    /// @return where the text begins, or -1
    private int bulk() {
        int line = line();
        if (line < 0) {
            return -1;
        }
        int length = 0;
        for (int i = line + 1; unread.getByte(i) != '\r'; i++) {
            length = 10 * length + unread.getByte(i) - '0';
        }
        int begin = unread.readerIndex();
        if (unread.readableBytes() < length + 2) {
            return -1;
        }
        unread.skipBytes(length + 2);
        return begin;
    }
}
