package io.belfry.core.inbox;

import io.belfry.core.event.EventId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// The identifier of one notification, derived from its event and its recipient: the event's millisecond, then bits of
/// SHA-256 (a UUIDv8, RFC 9562). Writing the same pair twice gives the same primary key, which is what makes "exactly
/// one notification per (event, recipient)" a constraint of the database rather than a habit of the code.
public final class NotificationId {
    private NotificationId() {}

    public static UUID of(UUID eventId, String userId) {
        byte[] user = userId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer input = ByteBuffer.allocate(16 + user.length)
                .putLong(eventId.getMostSignificantBits())
                .putLong(eventId.getLeastSignificantBits())
                .put(user);
        ByteBuffer hash = ByteBuffer.wrap(sha256().digest(input.array()));
        return EventId.timed(eventId.getMostSignificantBits() >>> 16, 8, hash.getLong(), hash.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
