package io.belfry.core.feed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The Redis pub/sub channels. One a user, one a channel of the client protocol that somebody publishes in, and two
/// that every gateway holds.
public final class FeedNames {
    public static final String INBOX_PREFIX = "bf:u:";
    private static final String CHANNEL_PREFIX = "bf:c:";
    private static final byte[] ANNOUNCEMENTS = "bf:announcements".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] CONTROL = "bf:control".getBytes(StandardCharsets.US_ASCII);

    private FeedNames() {}

    public static byte[] inbox(String userId) {
        return (INBOX_PREFIX + userId).getBytes(StandardCharsets.UTF_8);
    }

    /// Whether it is some user's; otherwise it is one that every gateway holds.
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

    /// What is published in a channel of the client protocol.
    public static byte[] channel(String name) {
        return (CHANNEL_PREFIX + name).getBytes(StandardCharsets.UTF_8);
    }

    public static boolean isChannel(byte[] feed) {
        int prefix = CHANNEL_PREFIX.length();
        return feed.length > prefix && feed[prefix - 1] == ':' && feed[prefix - 2] == 'c';
    }

    /// The name of a channel's feed.
    public static String nameOf(byte[] channelFeed) {
        int prefix = CHANNEL_PREFIX.length();
        return new String(channelFeed, prefix, channelFeed.length - prefix, StandardCharsets.UTF_8);
    }

    /// Whether every gateway holds it.
    public static boolean isShared(byte[] feed) {
        return !isInbox(feed) && !isChannel(feed);
    }

    /// What every gateway is to do.
    public static byte[] control() {
        return CONTROL.clone();
    }

    public static boolean isControl(byte[] feed) {
        return Arrays.equals(feed, CONTROL);
    }
}
