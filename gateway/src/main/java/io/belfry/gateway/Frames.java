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
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int PONG = 0x8A;
    private static final int MAX_SHORT = 125;
    private static final int MAX_MEDIUM = 0xFFFF;
    private static final int MAX_HEADER_BYTES = 10;

    /// The protocol's ping is an empty reply.
    private static final byte[] JSON_PING = {'{', '}'};

    /// In Protobuf it is its length.
    private static final byte[] PROTOBUF_PING = {0};

    /// The same in JSON, behind another message of one frame.
    private static final byte[] PING_LINE = {'\n', '{', '}'};
    private static final byte[] BEFORE_OFFSET = ",\"offset\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER_OFFSET = {'}', '}', '}'};
    private static final int PING = 0x89;

    // The fields that a push consists of, as tags of Protobuf.
    private static final byte REPLY_PUSH = 4 << 3 | 2;
    private static final byte PUSH_PUBLICATION = 4 << 3 | 2;
    private static final byte PUBLICATION_DATA = 4 << 3 | 2;
    private static final byte PUBLICATION_OFFSET = 6 << 3;

    private static final ByteBuf JSON_PING_FRAME = Unpooled.unreleasableBuffer(
            text(ByteBufAllocator.DEFAULT, JSON_PING).asReadOnly());
    private static final ByteBuf PROTOBUF_PING_FRAME = Unpooled.unreleasableBuffer(
            binary(ByteBufAllocator.DEFAULT, PROTOBUF_PING).asReadOnly());

    private Frames() {}

    static ByteBuf text(ByteBufAllocator allocator, byte[] message) {
        return start(allocator, TEXT, message.length).writeBytes(message);
    }

    static ByteBuf binary(ByteBufAllocator allocator, byte[] message) {
        return start(allocator, BINARY, message.length).writeBytes(message);
    }

    /// Needs no release, and releasing it does no harm.
    static ByteBuf jsonPing() {
        return JSON_PING_FRAME.duplicate();
    }

    /// Needs no release, and releasing it does no harm.
    static ByteBuf protobufPing() {
        return PROTOBUF_PING_FRAME.duplicate();
    }

    /// A publication as a push: `{"push":{"channel":…,"pub":{"data":…,"offset":…}}}`. See [Encoding#push].
    static ByteBuf jsonPush(
            ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping) {
        byte[] prefix = head.json();
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

    /// The same without the word around it: `{"channel":…,"pub":{"data":…,"offset":…}}`.
    static ByteBuf barePush(ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset) {
        int skipped = PushHead.JSON_OPENING.length;
        int prefix = head.json().length - skipped;
        int closing = AFTER_OFFSET.length - 1;
        int length = prefix + (bytes.length - from) + BEFORE_OFFSET.length + digits(offset) + closing;
        ByteBuf frame = start(allocator, TEXT, length)
                .writeBytes(head.json(), skipped, prefix)
                .writeBytes(bytes, from, bytes.length - from)
                .writeBytes(BEFORE_OFFSET);
        writeDecimal(frame, offset);
        return frame.writeBytes(AFTER_OFFSET, 0, closing);
    }

    /// The same in Protobuf, from the outside to the inside: message, reply, push, publication.
    static ByteBuf protobufPush(
            ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping) {
        int data = bytes.length - from;
        int publication =
                head.protobufInfo().length + 1 + varintBytes(data) + data + (offset == 0 ? 0 : 1 + varintBytes(offset));
        int push = head.protobuf().length + 1 + varintBytes(publication) + publication;
        int reply = 1 + varintBytes(push) + push;
        int message = varintBytes(reply) + reply;
        ByteBuf frame = start(allocator, BINARY, message + (ping ? PROTOBUF_PING.length : 0));
        writeVarint(frame, reply);
        writeVarint(frame.writeByte(REPLY_PUSH), push);
        writeVarint(frame.writeBytes(head.protobuf()).writeByte(PUSH_PUBLICATION), publication);
        writeVarint(frame.writeBytes(head.protobufInfo()).writeByte(PUBLICATION_DATA), data);
        frame.writeBytes(bytes, from, data);
        if (offset != 0) {
            writeVarint(frame.writeByte(PUBLICATION_OFFSET), offset);
        }
        return ping ? frame.writeBytes(PROTOBUF_PING) : frame;
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

    /// WebSocket's own, which clients answer by themselves.
    static ByteBuf transportPing(ByteBufAllocator allocator) {
        return start(allocator, PING, 0);
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

    private static int varintBytes(long number) {
        return number == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7;
    }

    private static void writeVarint(ByteBuf out, long number) {
        long rest = number;
        for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
            out.writeByte((int) (rest & 0x7F | 0x80));
        }
        out.writeByte((int) rest);
    }
}
