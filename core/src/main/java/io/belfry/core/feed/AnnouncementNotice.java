package io.belfry.core.feed;

import java.nio.ByteBuffer;
import java.util.UUID;

/// What travels on the shared announcements feed: one wave of a broadcast. It names the broadcast; its contents and
/// its audience are read from the database once a gateway.
///
/// @param offset in the log of the channel `announcements`; waves skip users, so a user sees only some of the offsets
/// @param bucketFrom the users of this wave: `bucketFrom <= Bucket.of(user) < bucketTo`
public record AnnouncementNotice(long offset, UUID broadcastId, int bucketFrom, int bucketTo) {
    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 8 + 16 + 4 + 4;

    public byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(offset)
                .putLong(broadcastId.getMostSignificantBits())
                .putLong(broadcastId.getLeastSignificantBits())
                .putInt(bucketFrom)
                .putInt(bucketTo)
                .array();
    }

    /// @throws IllegalArgumentException when it is not a notice of this version
    public static AnnouncementNotice decode(byte[] encoded) {
        if (encoded.length != BYTES || encoded[0] != VERSION) {
            throw new IllegalArgumentException(
                    "notice of " + encoded.length + " bytes (expected: version 1, " + BYTES + ")");
        }
        ByteBuffer in = ByteBuffer.wrap(encoded, 1, BYTES - 1);
        return new AnnouncementNotice(in.getLong(), new UUID(in.getLong(), in.getLong()), in.getInt(), in.getInt());
    }
}
