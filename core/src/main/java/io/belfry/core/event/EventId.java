package io.belfry.core.event;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/// Mints and reads the identifiers of events: UUIDv7 (RFC 9562), whose first 48 bits are the millisecond
/// of acceptance, or that of delivery where it was put off.
public final class EventId {
    private static final SecureRandom RANDOM = new SecureRandom();

    private EventId() {}

    public static UUID mint(Clock clock) {
        return mint(clock.instant());
    }

    /// One for an event that is to be delivered at that time: what comes of it lies among what happens then.
    public static UUID mint(Instant due) {
        return timed(due.toEpochMilli(), 7, RANDOM.nextLong(), RANDOM.nextLong());
    }

    /// When the event was accepted, or was to be delivered if that was later, to the millisecond. Works for
    /// notification ids too, which share it.
    public static Instant acceptedAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /// The least identifier of the event's millisecond. All of its notifications have theirs from here on and before
    /// [#afterLast].
    public static UUID first(UUID event) {
        return floor(event, 0);
    }

    /// The least identifier of the millisecond after the event's.
    public static UUID afterLast(UUID event) {
        return floor(event, 1);
    }

    private static UUID floor(UUID event, long laterMillis) {
        return new UUID((event.getMostSignificantBits() >>> 16) + laterMillis << 16, 0);
    }

    /// A UUID that begins with a millisecond and is otherwise made of the given bits.
    public static UUID timed(long epochMilli, int version, long highBits, long lowBits) {
        long high = epochMilli << 16 | (long) version << 12 | highBits & 0xFFF;
        long low = lowBits & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
