package io.belfry.core.feed;

import java.nio.charset.StandardCharsets;

/// The Redis pub/sub channels. One a user, and one that every gateway holds.
public final class FeedNames {
    public static final String INBOX_PREFIX = "bf:u:";
    private static final byte[] ANNOUNCEMENTS = "bf:announcements".getBytes(StandardCharsets.US_ASCII);

    private FeedNames() {}

    public static byte[] inbox(String userId) {
        return (INBOX_PREFIX + userId).getBytes(StandardCharsets.UTF_8);
    }

    /// The user of an inbox feed.
    public static String userOf(byte[] inboxFeed) {
        int prefix = INBOX_PREFIX.length();
        return new String(inboxFeed, prefix, inboxFeed.length - prefix, StandardCharsets.UTF_8);
    }

    public static byte[] announcements() {
        return ANNOUNCEMENTS.clone();
    }
}
