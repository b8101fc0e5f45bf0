package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what Redis says on a connection that subscribes (RESP 2): lines, and arrays of texts and numbers. Keeps what
/// has not come whole. Stays on one thread.
final class RedisAnswers {
    private static final int MAX_TEXT_BYTES = 64 << 20;
    private static final int MAX_ARRAY = 16;
    private static final int MAX_LINE = 1 << 16;
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] SUBSCRIBE = ascii("subscribe");
    private static final byte[] PONG = ascii("pong");

    private final Reader reader;
    private ByteBuf unread;
    private int position;

    /// Who is told.
    interface Reader {
        void onMessage(byte[] feed, byte[] message);

        void onSubscribed(byte[] feed);

        /// A command was done that is no subscription.
        void onDone();

        void onError(String error);
    }

    RedisAnswers(Reader reader) {
        this.reader = reader;
    }

    /// Takes the buffer over.
    ///
    /// @throws IllegalStateException when it is not what Redis says
    void read(ByteBuf in) {
        ByteBuf data = in;
        if (unread != null) {
            data = unread.writeBytes(in);
            in.release();
            unread = null;
        }
        try {
            while (data.isReadable()) {
                position = data.readerIndex();
                if (!answer(data)) {
                    break;
                }
                data.readerIndex(position);
            }
            if (data.isReadable()) {
                unread = data.alloc().heapBuffer(2 * data.readableBytes()).writeBytes(data);
            }
        } finally {
            data.release();
        }
    }

    /// Forgets what has not come whole.
    void stop() {
        if (unread != null) {
            unread.release();
            unread = null;
        }
    }

    /// @return false when it has not come whole
    private boolean answer(ByteBuf in) {
        int kind = in.getByte(position);
        int line = line(in);
        if (line < 0) {
            return false;
        }
        switch (kind) {
            case '+', ':' -> reader.onDone();
            case '-' -> reader.onError(in.toString(line, position - 2 - line, StandardCharsets.UTF_8));
            case '*' -> {
                return array(in, (int) number(in, line));
            }
            default -> throw new IllegalStateException("Redis says what is no answer: " + kind);
        }
        return true;
    }

    private boolean array(ByteBuf in, int count) {
        if (count < 1 || count > MAX_ARRAY) {
            throw new IllegalStateException("an array of " + count);
        }
        byte[] kind = null;
        byte[] feed = null;
        byte[] last = null;
        for (int i = 0; i < count; i++) {
            if (position >= in.writerIndex()) {
                return false;
            }
            boolean isText = in.getByte(position) == '$';
            int line = line(in);
            if (line < 0) {
                return false;
            }
            long length = isText ? number(in, line) : -1;
            if (length > MAX_TEXT_BYTES) {
                throw new IllegalStateException("a text of " + length + " bytes");
            }
            // A number, or nothing.
            byte[] text = null;
            if (length >= 0) {
                if (in.writerIndex() - position < length + 2) {
                    return false;
                }
                text = new byte[(int) length];
                in.getBytes(position, text);
                position += text.length + 2;
            }
            kind = i == 0 ? text : kind;
            feed = i == 1 ? text : feed;
            last = text;
        }
        tell(kind, feed, last);
        return true;
    }

    private void tell(byte[] kind, byte[] feed, byte[] last) {
        if (Arrays.equals(kind, MESSAGE)) {
            reader.onMessage(feed, last);
        } else if (Arrays.equals(kind, SUBSCRIBE)) {
            reader.onSubscribed(feed);
        } else if (Arrays.equals(kind, PONG)) {
            reader.onDone();
        }
    }

    /// Moves behind the line at which it stands.
    ///
    /// @return where the line begins behind its first byte, or -1 when it has not come whole
    private int line(ByteBuf in) {
        int begin = position + 1;
        int end = in.indexOf(begin, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            if (in.writerIndex() - begin > MAX_LINE) {
                throw new IllegalStateException("a line without an end");
            }
            return -1;
        }
        position = end + 1;
        return begin;
    }

    private static long number(ByteBuf in, int from) {
        boolean negative = in.getByte(from) == '-';
        long number = 0;
        for (int i = negative ? from + 1 : from; in.getByte(i) != '\r'; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9 || number > MAX_TEXT_BYTES) {
                throw new IllegalStateException("not a number");
            }
            number = 10 * number + digit;
        }
        return negative ? -number : number;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
