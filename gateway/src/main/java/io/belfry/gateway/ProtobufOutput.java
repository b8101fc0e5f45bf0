package io.belfry.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes one Protobuf message. Fields that have their default are left out, as proto3 wants it. Not thread-safe.
final class ProtobufOutput {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes = new byte[64];
    private int size;

    ProtobufOutput number(int field, long value) {
        if (value != 0) {
            varint((long) field << 3 | VARINT);
            varint(value);
        }
        return this;
    }

    ProtobufOutput flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtobufOutput text(int field, String value) {
        return data(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufOutput data(int field, byte[] value) {
        if (value.length > 0) {
            delimited(field, value, value.length);
        }
        return this;
    }

    /// A message within the message, even an empty one: that it is there tells something.
    ProtobufOutput message(int field, ProtobufOutput value) {
        delimited(field, value.bytes, value.size);
        return this;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /// The message behind its length.
    byte[] toDelimited() {
        var whole = new ProtobufOutput();
        whole.varint(size);
        whole.raw(bytes, size);
        return whole.toByteArray();
    }

    private void delimited(int field, byte[] value, int length) {
        varint((long) field << 3 | DELIMITED);
        varint(length);
        raw(value, length);
    }

    private void raw(byte[] value, int length) {
        reserve(length);
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
    }

    private void varint(long value) {
        reserve(MAX_VARINT_BYTES);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
