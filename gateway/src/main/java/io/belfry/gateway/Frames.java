package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Builds the WebSocket frames that a server sends: unmasked, whole, uncompressed (RFC 6455 §5.2). Each is a buffer
/// with its header, ready for the socket, and can be shared by any number of sockets.
final class Frames {
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PONG = 0x8A;
    private static final int MAX_SHORT = 125;
    private static final int MAX_MEDIUM = 0xFFFF;
    private static final int MAX_HEADER_BYTES = 10;

    /// The protocol's ping, an empty reply.
    private static final byte[] PING_MESSAGE = {'{', '}'};

    /// The same behind another message of one frame.
    private static final byte[] PING_LINE = {'\n', '{', '}'};
    private static final byte[] BEFORE_OFFSET = ",\"offset\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER_OFFSET = {'}', '}', '}'};

    private static final ByteBuf PING = Unpooled.unreleasableBuffer(
            text(ByteBufAllocator.DEFAULT, PING_MESSAGE).asReadOnly());

    private Frames() {}

    static ByteBuf text(ByteBufAllocator allocator, byte[] message) {
        return start(allocator, TEXT, message.length).writeBytes(message);
    }

    /// The protocol's ping. Shared by all: it needs no release, and releasing it does no harm.
    static ByteBuf ping() {
        return PING.duplicate();
    }

    /// A publication as a push: `{"push":{"channel":…,"pub":{"data":…,"offset":…}}}`.
    ///
    /// @param from where the data begins in `bytes`; it ends where they end
    /// @param ping whether the protocol's ping follows in the same frame
    static ByteBuf push(
            ByteBufAllocator allocator, ClientChannel channel, byte[] bytes, int from, long offset, boolean ping) {
        byte[] prefix = channel.pushPrefix();
        int length = prefix.length
                + (bytes.length - from)
                + BEFORE_OFFSET.length
                + digits(offset)
                + AFTER_OFFSET.length
                + (ping ? PING_LINE.length : 0);
        ByteBuf frame = start(allocator, TEXT, length)
                .writeBytes(prefix)
                .writeBytes(bytes, from, bytes.length - from)
                .writeBytes(BEFORE_OFFSET);
        writeDecimal(frame, offset);
        frame.writeBytes(AFTER_OFFSET);
        return ping ? frame.writeBytes(PING_LINE) : frame;
    }

    /// @param reason at most 123 bytes of ASCII
    static ByteBuf close(ByteBufAllocator allocator, int code, String reason) {
        ByteBuf frame = start(allocator, CLOSE, 2 + reason.length()).writeShort(code);
        ByteBufUtil.writeAscii(frame, reason);
        return frame;
    }

    /// The answer to a close frame that gives no code.
    static ByteBuf close(ByteBufAllocator allocator) {
        return start(allocator, CLOSE, 0);
    }

    static ByteBuf pong(ByteBufAllocator allocator, byte[] payload) {
        return start(allocator, PONG, payload.length).writeBytes(payload);
    }

    private static ByteBuf start(ByteBufAllocator allocator, int first, int length) {
        ByteBuf frame = allocator.directBuffer(length + MAX_HEADER_BYTES).writeByte(first);
        if (length <= MAX_SHORT) {
            return frame.writeByte(length);
        }
        return length <= MAX_MEDIUM
                ? frame.writeByte(126).writeShort(length)
                : frame.writeByte(127).writeLong(length);
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void writeDecimal(ByteBuf out, long number) {
        int digits = digits(number);
        int end = out.writerIndex() + digits;
        long rest = number;
        for (int i = end - 1; i >= end - digits; i--) {
            out.setByte(i, '0' + (int) (rest % 10));
            rest /= 10;
        }
        out.writerIndex(end);
    }
}
