package io.belfry.core.inbox;

import java.util.OptionalLong;

/// The `nextCursor` of a page: opaque to clients, an offset to us.
public final class InboxCursor {
    private static final int RADIX = 36;

    private InboxCursor() {}

    /// @param before what the next page begins before
    public static String after(long before) {
        return "b" + Long.toString(before, RADIX);
    }

    /// @return empty when it is not a cursor of ours
    public static OptionalLong parse(String cursor) {
        if (cursor.length() < 2 || cursor.charAt(0) != 'b') {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(cursor, 1, cursor.length(), RADIX));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
