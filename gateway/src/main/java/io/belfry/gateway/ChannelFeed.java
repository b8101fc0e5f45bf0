package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A plain channel to which connections of this node are subscribed. Each event loop keeps its own chain of the
/// subscriptions here, and nobody else looks at it.
final class ChannelFeed extends RedisSubscription {
    private static final int LOOP_BITS = 63;

    private final String name;
    private final Namespace namespace;
    private final PushHead head;
    private final ChannelSubscription[] first;
    private final AtomicLong loops = new AtomicLong();

    /// How many subscriptions there are; guarded by the entry of [Channels].
    int subscribers;

    ChannelFeed(String name, Namespace namespace, int loopCount) {
        this.name = name;
        this.namespace = namespace;
        this.head = PushHead.of(name);
        this.first = new ChannelSubscription[loopCount];
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

    /// On the subscription's loop.
    void add(ChannelSubscription subscription, int loop) {
        subscription.next = first[loop];
        first[loop] = subscription;
        loops.updateAndGet(mask -> mask | bit(loop));
    }

    /// On the subscription's loop. Does nothing if it is not there.
    void remove(ChannelSubscription subscription, int loop) {
        if (first[loop] == subscription) {
            first[loop] = subscription.next;
        } else {
            for (ChannelSubscription s = first[loop]; s != null; s = s.next) {
                if (s.next == subscription) {
                    s.next = subscription.next;
                    break;
                }
            }
        }
        if (first[loop] == null && loop < LOOP_BITS) {
            loops.updateAndGet(mask -> mask & ~bit(loop));
        }
    }

    /// Whether the loop may hold subscriptions. Any thread.
    boolean mayBeOn(int loop) {
        return (loops.get() & bit(loop)) != 0;
    }

    private static long bit(int loop) {
        return 1L << Math.min(loop, LOOP_BITS);
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
        for (ChannelSubscription s = first[loop.index]; s != null; s = next) {
            next = s.next;
            s.publish(publication, frames);
        }
        frames.release();
    }

    private void deliver(Loop loop, Reply.Moved move) {
        var frames = new SharedReply(move);
        for (ChannelSubscription s = first[loop.index]; s != null; s = s.next) {
            s.tell(frames);
        }
        frames.release();
    }

    /// The history stands there: subscriptions that are behind missed something.
    void compare(Loop loop, ChannelStore.History head) {
        ChannelSubscription next;
        for (ChannelSubscription s = first[loop.index]; s != null; s = next) {
            next = s.next;
            s.compare(head);
        }
    }
}
