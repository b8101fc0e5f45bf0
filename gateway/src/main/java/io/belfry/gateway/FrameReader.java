package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the WebSocket frames of one client (RFC 6455 §5), strictly: masked, no extensions, whole messages up to a
/// limit that holds for all fragments together and is checked before any payload is kept. An idle connection keeps no
/// buffer. Stays on the connection's event loop.
///
/// Netty's own decoder limits a frame but not a message, and with its aggregator and its UTF-8 check would take three
/// handlers a connection.
final class FrameReader {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MAX_CONTROL_PAYLOAD = 125;
    private static final int MASK_BYTES = 4;

    /// So much of an unfinished message is kept even when others take all room: proper clients' are short.
    private static final int ALWAYS_KEPT = 4_096;

    private final Reader reader;
    private final Encoding encoding;
    private final GatewaySettings.Limits limits;
    private ByteBuf partial;
    private ByteBuf message;
    private int fragments;

    /// How much of unfinished messages the reader was told that there is.
    private int kept;
    private Mode mode = Mode.READING;

    private enum Mode {
        READING,
        SKIPPING,
        STOPPED
    }

    /// Who is told. It may call [FrameReader#stop] from within.
    interface Reader {
        /// A whole message of the kind that the encoding has; text is valid UTF-8.
        void onMessage(byte[] message);

        void onPing(byte[] payload);

        void onPong();

        /// @param code what the client gave, or 0 for none
        void onClose(int code);

        /// The client broke the rules; nothing more is read.
        void onViolation(Disconnect disconnect);

        /// It sends more than it may; nothing more is read.
        void onExcess(Guard guard);

        /// What is kept of messages that have not come whole is more, or less, by so many bytes.
        ///
        /// @return whether it may be kept
        boolean keeps(int more);
    }

    FrameReader(Reader reader, Encoding encoding, GatewaySettings.Limits limits) {
        this.reader = reader;
        this.encoding = encoding;
        this.limits = limits;
    }

    /// Takes the buffer over.
    void read(ByteBuf in) {
        ByteBuf data = in;
        if (partial != null) {
            data = partial.writeBytes(in);
            in.release();
            partial = null;
        }
        boolean keep = false;
        try {
            int start = data.readerIndex();
            while (mode != Mode.STOPPED && readFrame(data)) {
                // Next frame.
            }
            if (mode != Mode.STOPPED && data.isReadable()) {
                // A frame that comes in many small pieces is not copied for each of them.
                keep = data != in && data.readerIndex() == start;
                partial = keep ? data : Unpooled.buffer(data.readableBytes()).writeBytes(data);
            }
            if (!mayKeep()) {
                exceeded(Guard.UNFINISHED);
            }
        } finally {
            if (!keep) {
                data.release();
            }
        }
    }

    private boolean mayKeep() {
        int now = (partial == null ? 0 : partial.capacity()) + (message == null ? 0 : message.capacity());
        int more = now - kept;
        kept = now;
        return more == 0 || reader.keeps(more) || kept <= ALWAYS_KEPT;
    }

    /// Reads no more and keeps nothing.
    void stop() {
        mode = Mode.STOPPED;
        if (partial != null) {
            partial.release();
            partial = null;
        }
        message = null;
        mayKeep();
    }

    /// Reads on, for a close frame alone. What is no WebSocket any more is not read on.
    void skipToClose() {
        message = null;
        if (mode == Mode.READING) {
            mode = Mode.SKIPPING;
        }
    }

    /// @return whether a whole frame was there
    private boolean readFrame(ByteBuf in) {
        int start = in.readerIndex();
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        int opcode = first & 0x0F;
        boolean last = (first & 0x80) != 0;
        if ((first & 0x70) != 0 || (second & 0x80) == 0 || !isAllowed(opcode, last, second & 0x7F)) {
            return violated(Disconnect.PROTOCOL_ERROR);
        }
        int shortLength = second & 0x7F;
        int headerBytes = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
        if (available < headerBytes) {
            return false;
        }
        long length = shortLength < 126
                ? shortLength
                : shortLength == 126 ? in.getUnsignedShort(start + 2) : in.getLong(start + 2);
        int begun = message == null || opcode >= CLOSE ? 0 : message.readableBytes();
        if (length < 0) {
            return violated(Disconnect.PROTOCOL_ERROR);
        }
        if (length > limits.messageBytes() - begun) {
            exceeded(Guard.MESSAGE);
            return false;
        }
        if (available - headerBytes - MASK_BYTES < length) {
            return false;
        }
        int mask = in.getInt(start + headerBytes);
        in.skipBytes(headerBytes + MASK_BYTES);
        byte[] payload = new byte[(int) length];
        in.readBytes(payload);
        unmask(payload, mask);
        frame(opcode, last, payload);
        return true;
    }

    private boolean isAllowed(int opcode, boolean last, int shortLength) {
        return switch (opcode) {
            case CONTINUATION -> message != null || mode == Mode.SKIPPING;
            case TEXT, BINARY -> message == null || mode == Mode.SKIPPING;
            case CLOSE, PING, PONG -> last && shortLength <= MAX_CONTROL_PAYLOAD;
            default -> false;
        };
    }

    private boolean violated(Disconnect disconnect) {
        stop();
        reader.onViolation(disconnect);
        return false;
    }

    private void exceeded(Guard guard) {
        stop();
        reader.onExcess(guard);
    }

    private void frame(int opcode, boolean last, byte[] payload) {
        if (mode == Mode.SKIPPING) {
            if (opcode == CLOSE) {
                close(payload);
            }
            return;
        }
        switch (opcode) {
            case TEXT, BINARY -> begin(opcode == TEXT, last, payload);
            case CONTINUATION -> fragment(last, payload);
            case CLOSE -> close(payload);
            case PING -> reader.onPing(payload);
            default -> reader.onPong();
        }
    }

    private void begin(boolean isText, boolean last, byte[] payload) {
        if (isText != encoding.isText()) {
            violated(isText ? Disconnect.UNSUPPORTED_TEXT : Disconnect.UNSUPPORTED_BINARY);
        } else if (last) {
            message(payload);
        } else {
            fragments = 1;
            message = Unpooled.buffer(payload.length, limits.messageBytes()).writeBytes(payload);
        }
    }

    private void fragment(boolean last, byte[] payload) {
        if (++fragments > limits.fragmentsPerMessage()) {
            exceeded(Guard.FRAGMENTS);
            return;
        }
        message.writeBytes(payload);
        if (last) {
            byte[] whole = new byte[message.readableBytes()];
            message.readBytes(whole);
            message = null;
            message(whole);
        }
    }

    private void message(byte[] whole) {
        if (!encoding.isText() || isUtf8(whole, 0)) {
            reader.onMessage(whole);
        } else {
            violated(Disconnect.INVALID_TEXT);
        }
    }

    private void close(byte[] payload) {
        if (payload.length == 0) {
            reader.onClose(0);
            return;
        }
        int code = payload.length == 1 ? 0 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        boolean known = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006
                || code >= 3000 && code < 5000;
        if (!known) {
            violated(Disconnect.PROTOCOL_ERROR);
        } else if (!isUtf8(payload, 2)) {
            violated(Disconnect.INVALID_TEXT);
        } else {
            reader.onClose(code);
        }
    }

    private static void unmask(byte[] payload, int mask) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= (byte) (mask >>> 24 - 8 * (i & 3));
        }
    }

    static boolean isUtf8(byte[] text, int from) {
        int i = from;
        while (i < text.length && text[i] >= 0) {
            i++;
        }
        if (i == text.length) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text, i, text.length - i));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
