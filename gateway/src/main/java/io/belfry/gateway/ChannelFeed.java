package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import java.util.Optional;

/// A plain channel to which connections of this node are subscribed.
final class ChannelFeed extends RedisSubscription {
    private final String name;
    private final Namespace namespace;
    private final PushHead head;
    private final LoopChains<ChannelSubscription> subscriptions;

    /// How many subscriptions there are; guarded by the entry of [Channels].
    int subscribers;

    ChannelFeed(String name, Namespace namespace, int loopCount) {
        this.name = name;
        this.namespace = namespace;
        this.head = PushHead.of(name);
        this.subscriptions = new LoopChains<>(loopCount);
    }

    String name() {
        return name;
    }

    Namespace namespace() {
        return namespace;
    }

    /// Of what services publish.
    PushHead head() {
        return head;
    }

    @Override
    String key() {
        return name;
    }

    @Override
    byte[] redisChannel() {
        return FeedNames.channel(name);
    }

    /// By their loops.
    LoopChains<ChannelSubscription> subscriptions() {
        return subscriptions;
    }

    @Override
    void deliver(Loop loop, byte[] message) {
        Optional<ChannelMove> move = ChannelMove.ofFeed(message);
        if (move.isPresent()) {
            deliver(loop, new Reply.Moved(name, move.get()));
            return;
        }
        ChannelPublication publication = ChannelPublication.ofFeed(message);
        var frames = new SharedFrames(publication.head(this), publication.offset(), publication.data(), 0);
        ChannelSubscription next;
        for (ChannelSubscription s = subscriptions.first(loop.index); s != null; s = next) {
            next = s.next();
            s.publish(publication, frames);
        }
        frames.release();
    }

    private void deliver(Loop loop, Reply.Moved move) {
        var frames = new SharedReply(move);
        ChannelSubscription next;
        for (ChannelSubscription s = subscriptions.first(loop.index); s != null; s = next) {
            next = s.next();
            s.tell(frames);
        }
        frames.release();
    }

    /// The history stands there: subscriptions that are behind missed something.
    void compare(Loop loop, ChannelStore.History head) {
        ChannelSubscription next;
        for (ChannelSubscription s = subscriptions.first(loop.index); s != null; s = next) {
            next = s.next();
            s.compare(head);
        }
    }
}
