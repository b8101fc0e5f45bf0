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

    /// Whether it is some user's; otherwise it is the one of the announcements.
    public static boolean isInbox(byte[] feed) {
        return feed.length > INBOX_PREFIX.length()
                && feed[INBOX_PREFIX.length() - 1] == ':'
                && feed[INBOX_PREFIX.length() - 2] == 'u';
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
