package io.belfry.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one Protobuf message from bytes that anybody may have sent. Nothing is read or allocated beyond
/// the bytes that are there, whatever lengths they tell; what is not a message is an [IOException]. Not thread-safe.
///
/// The client protocol needs so little of Protobuf that this is shorter than the code which a schema compiler makes of
/// it, and it leaves the class path to whatever Protobuf an application brings along.
final class ProtobufInput {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int MAX_VARINT_BITS = 64;

    private final byte[] bytes;
    private final int end;
    private int position;
    private int wireType;

    ProtobufInput(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtobufInput(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.position = from;
        this.end = end;
    }

    boolean isAtEnd() {
        return position == end;
    }

    /// The number of the next field, whose value must be read or skipped then; 0 at the end.
    int nextField() throws IOException {
        if (isAtEnd()) {
            return 0;
        }
        long tag = varint();
        long field = tag >>> 3;
        if (field < 1 || field > Integer.MAX_VALUE >> 2) {
            throw new IOException("field " + field);
        }
        wireType = (int) tag & 7;
        return (int) field;
    }

    long number() throws IOException {
        require(VARINT);
        return varint();
    }

    boolean flag() throws IOException {
        return number() != 0;
    }

    /// Text, which must be proper UTF-8.
    String text() throws IOException {
        require(DELIMITED);
        int length = length();
        // Throws what an IOException is for anything else than UTF-8.
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, position, length))
                .toString();
        position += length;
        return text;
    }

    byte[] data() throws IOException {
        require(DELIMITED);
        int length = length();
        byte[] data = new byte[length];
        System.arraycopy(bytes, position, data, 0, length);
        position += length;
        return data;
    }

    /// A message within the message.
    ProtobufInput message() throws IOException {
        require(DELIMITED);
        return delimited();
    }

    /// The next of several messages that follow one another, each behind its length.
    ProtobufInput delimited() throws IOException {
        int length = length();
        var message = new ProtobufInput(bytes, position, position + length);
        position += length;
        return message;
    }

    void skip() throws IOException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED_64 -> advance(Long.BYTES);
            case DELIMITED -> advance(length());
            case FIXED_32 -> advance(Integer.BYTES);
            default -> throw new IOException("wire type " + wireType);
        }
    }

    private void advance(int count) throws IOException {
        if (count > end - position) {
            throw new IOException("a field ends behind its message");
        }
        position += count;
    }

    private int length() throws IOException {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw new IOException("a length of " + length + " (expected: at most " + (end - position) + ")");
        }
        return (int) length;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            if (position == end) {
                throw new IOException("a number is cut off");
            }
            byte next = bytes[position++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number of more than 64 bits");
    }

    private void require(int expected) throws IOException {
        if (wireType != expected) {
            throw new IOException("wire type " + wireType + " (expected: " + expected + ")");
        }
    }
}
