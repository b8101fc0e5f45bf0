package io.belfry.core.feed;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// What travels on an inbox feed: one publication of the channel `inbox`, with its offset in front so that a gateway
/// can order and forward it without parsing JSON.
///
/// Wire form, big endian: one byte [#VERSION], one byte of flags (bit 0: a receipt is wanted; bit 1: there is no such
/// user any more), eight bytes of offset, then the publication's `data` as UTF-8 JSON without raw newlines.
public record FeedMessage(long offset, Receipt receipt, byte[] data) {
    public static final byte VERSION = 1;
    public static final int HEADER_BYTES = 10;
    private static final int RECEIPT_FLAG = 1;
    private static final int FAREWELL_FLAG = 2;

    /// Whether the gateway should obtain proof that the client got this publication.
    public enum Receipt {
        WANTED,
        NOT_NEEDED
    }

    public byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + data.length)
                .put(VERSION)
                .put((byte) (receipt == Receipt.WANTED ? RECEIPT_FLAG : 0))
                .putLong(offset)
                .put(data)
                .array();
    }

    /// @throws IllegalArgumentException when it is not a message of this version
    public static FeedMessage decode(byte[] encoded) {
        if (!isReadable(encoded)) {
            throw new IllegalArgumentException("feed message of " + encoded.length + " bytes (expected: version 1)");
        }
        byte[] data = Arrays.copyOfRange(encoded, HEADER_BYTES, encoded.length);
        return new FeedMessage(offsetOf(encoded), receiptOf(encoded), data);
    }

    /// Whether it is a message of this version: then [#offsetOf] and [#receiptOf] read it without copying, and its
    /// data begins at [#HEADER_BYTES].
    public static boolean isReadable(byte[] encoded) {
        return encoded.length >= HEADER_BYTES && encoded[0] == VERSION;
    }

    public static long offsetOf(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getLong(2);
    }

    public static Receipt receiptOf(byte[] encoded) {
        return (encoded[1] & RECEIPT_FLAG) != 0 ? Receipt.WANTED : Receipt.NOT_NEEDED;
    }

    /// Tells gateways to close all connections of the user, who was erased. Whoever does not know of it takes it for a
    /// publication that came before.
    public static byte[] farewell() {
        return ByteBuffer.allocate(HEADER_BYTES)
                .put(VERSION)
                .put((byte) FAREWELL_FLAG)
                .array();
    }

    /// @param encoded a readable message
    public static boolean isFarewell(byte[] encoded) {
        return (encoded[1] & FAREWELL_FLAG) != 0;
    }
}
