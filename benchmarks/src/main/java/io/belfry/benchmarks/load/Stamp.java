package io.belfry.benchmarks.load;

import io.netty.buffer.ByteBuf;
import java.util.Locale;

/// What every event of a run carries in its data, and every broadcast in its title: the number of the notification
/// among those of its user, and when it was to be sent. Of fixed width, so that it is read without parsing JSON.
///
/// @param number 1 for a user's first
/// @param nanos of the clock of [System#nanoTime]
record Stamp(int number, long nanos) {
    private static final int MARK_BYTES = 2;
    private static final int NUMBER_DIGITS = 8;
    private static final int NANOS_DIGITS = 16;
    private static final int LENGTH = NUMBER_DIGITS + 1 + NANOS_DIGITS;

    /// About as much as a product's event holds.
    private static final String REST =
            "\"order\":\"2026-11-0042\",\"text\":\"Your parcel has left the warehouse in Antwerp"
                    + " and is expected on Friday between nine and twelve\",\"url\":\"https://shop.example.com/orders/42\"";

    /// For any JSON string: `@~`, the number and the time.
    String text() {
        return String.format(Locale.ROOT, "@~%08x:%016x", number, nanos);
    }

    /// An event's data.
    String data() {
        return "{\"stamp\":\"" + text() + "\"," + REST + "}";
    }

    /// Where the next stamp's number begins.
    ///
    /// @return -1 when there is none between `from` and `to`
    static int find(ByteBuf in, int from, int to) {
        int last = to - MARK_BYTES - LENGTH;
        for (int i = from; i <= last; i++) {
            if (in.getByte(i) == '@' && in.getByte(i + 1) == '~') {
                return i + MARK_BYTES;
            }
        }
        return -1;
    }

    /// @param at as [#find] gave it
    static int numberAt(ByteBuf in, int at) {
        return (int) hex(in, at, NUMBER_DIGITS);
    }

    static long nanosAt(ByteBuf in, int at) {
        return hex(in, at + NUMBER_DIGITS + 1, NANOS_DIGITS);
    }

    private static long hex(ByteBuf in, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            value = value << 4 | Character.digit(in.getByte(i), 16);
        }
        return value;
    }
}
