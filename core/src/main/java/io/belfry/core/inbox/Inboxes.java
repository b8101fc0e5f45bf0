package io.belfry.core.inbox;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// What users do with their inboxes: each act is written, and then published to all of the user's devices. Every act
/// is idempotent. Thread-safe; blocks on the database, not on Redis.
@Singleton
public class Inboxes {
    private final InboxLog log;
    private final InboxActs acts;
    private final Feeds feeds;

    public Inboxes(InboxLog log, InboxActs acts, Feeds feeds) {
        this.log = log;
        this.acts = acts;
        this.feeds = feeds;
    }

    /// @return the counts after it
    public InboxPosition perform(String user, InboxAct act) {
        return publish(user, acts.perform(user, act));
    }

    public InboxPosition markReadThrough(String user, long offset) {
        return publish(user, acts.markReadThrough(user, offset).stream().toList());
    }

    public InboxPosition markSeenThrough(String user, long offset) {
        return publish(user, acts.markSeenThrough(user, offset).stream().toList());
    }

    public InboxPosition markAnnouncementsRead(String user, Collection<UUID> broadcasts) {
        return publish(
                user, acts.markAnnouncementsRead(user, broadcasts).stream().toList());
    }

    private InboxPosition publish(String user, List<InboxChange> changes) {
        feeds.publish(changes.stream()
                .map(change -> new Feeds.Publication(
                        FeedNames.inbox(user),
                        new FeedMessage(change.offset(), FeedMessage.Receipt.NOT_NEEDED, change.data()).encode()))
                .toList());
        return log.position(user);
    }
}
