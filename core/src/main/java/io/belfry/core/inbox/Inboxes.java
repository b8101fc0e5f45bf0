package io.belfry.core.inbox;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What users do with their inboxes: each act is written, and then published to all of the user's devices. Every act
/// is idempotent. Thread-safe; blocks on the database, not on Redis.
@Singleton
public class Inboxes {
    private final InboxLog log;
    private final Feeds feeds;

    public Inboxes(InboxLog log, Feeds feeds) {
        this.log = log;
        this.feeds = feeds;
    }

    /// @return the counts after it
    public InboxPosition markRead(String user, Collection<UUID> notifications) {
        return publish(user, log.markRead(user, notifications));
    }

    public InboxPosition markReadThrough(String user, long offset) {
        return publish(user, log.markReadThrough(user, offset));
    }

    public InboxPosition markSeenThrough(String user, long offset) {
        return publish(user, log.markSeenThrough(user, offset));
    }

    public InboxPosition markAnnouncementsRead(String user, Collection<UUID> broadcasts) {
        return publish(user, log.markAnnouncementsRead(user, broadcasts));
    }

    private InboxPosition publish(String user, Optional<InboxChange> change) {
        change.ifPresent(c -> feeds.publish(List.of(new Feeds.Publication(
                FeedNames.inbox(user),
                new FeedMessage(c.offset(), FeedMessage.Receipt.NOT_NEEDED, c.data()).encode()))));
        return log.position(user);
    }
}
