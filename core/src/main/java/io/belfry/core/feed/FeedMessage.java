package io.belfry.core.feed;

import java.nio.ByteBuffer;

/// What travels on an inbox feed: one publication of the channel `inbox`, with its offset in front so that a gateway
/// can order and forward it without parsing JSON.
///
/// Wire form, big endian: one byte [#VERSION], one byte of flags (bit 0: a receipt is wanted), eight bytes of offset,
/// then the publication's `data` as UTF-8 JSON without raw newlines.
public record FeedMessage(long offset, Receipt receipt, byte[] data) {
    public static final byte VERSION = 1;
    public static final int HEADER_BYTES = 10;
    private static final int RECEIPT_FLAG = 1;

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
        if (encoded.length < HEADER_BYTES || encoded[0] != VERSION) {
            throw new IllegalArgumentException("feed message of " + encoded.length + " bytes (expected: version 1)");
        }
        ByteBuffer in = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
        Receipt receipt = (in.get() & RECEIPT_FLAG) != 0 ? Receipt.WANTED : Receipt.NOT_NEEDED;
        long offset = in.getLong();
        byte[] data = new byte[in.remaining()];
        in.get(data);
        return new FeedMessage(offset, receipt, data);
    }
}
