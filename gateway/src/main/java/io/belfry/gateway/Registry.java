package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MultithreadEventExecutorGroup;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Who is connected to this node: the event loops, and the feeds of the users who have connections. Thread-safe.
@Singleton
final class Registry {
    private final ConcurrentHashMap<String, Feed> feeds = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<EventLoop, Loop> loops = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Loop> all = new CopyOnWriteArrayList<>();
    private final GatewaySettings settings;
    private final GatewayMetrics metrics;
    private final FeedSubscriptions subscriptions;
    private final int maxFeeds;
    private volatile Consumer<Loop> newLoops = loop -> {};

    Registry(GatewaySettings settings, GatewayMetrics metrics, FeedSubscriptions subscriptions) {
        this.settings = settings;
        this.metrics = metrics;
        this.subscriptions = subscriptions;
        this.maxFeeds = settings.feeds().connections() * settings.feeds().channelsPerConnection();
        metrics.feeds(feeds);
    }

    /// What became of a connection that wants to join.
    sealed interface Joining {}

    record Joined(Feed feed) implements Joining {}

    /// The user has as many connections here as one may have.
    record TooMany() implements Joining {}

    /// The node has as many users as it can listen for.
    record Full() implements Joining {}

    /// Counts a connection of the user in, and subscribes the user's feed if it is the first. Each success is followed
    /// by one [#leave].
    Joining join(String user) {
        if (feeds.size() >= maxFeeds && !feeds.containsKey(user)) {
            return new Full();
        }
        // The map's lock on the entry keeps subscribing and unsubscribing of one user in order.
        boolean[] refused = {false};
        Feed joined = feeds.compute(user, (u, known) -> {
            Feed feed = known == null ? new Feed(user, loopCount()) : known;
            if (feed.connections >= settings.limits().connectionsPerUser()) {
                refused[0] = true;
                return feed;
            }
            feed.connections++;
            if (known == null) {
                subscriptions.subscribe(feed);
            }
            return feed;
        });
        return refused[0] ? new TooMany() : new Joined(joined);
    }

    void leave(Feed feed) {
        feeds.computeIfPresent(feed.user, (user, known) -> {
            if (known != feed || --feed.connections > 0) {
                return known;
            }
            subscriptions.unsubscribe(feed);
            return null;
        });
    }

    /// The connected users, a view that changes with them.
    Collection<Feed> feeds() {
        return feeds.values();
    }

    /// Hands a message of the user's feed to the loops that hold connections of the user. Does not block.
    void publish(String user, byte[] message) {
        Feed feed = feeds.get(user);
        if (feed == null || !FeedMessage.isReadable(message)) {
            metrics.orphaned();
            return;
        }
        for (Loop loop : all) {
            if (feed.mayBeOn(loop.index)) {
                loop.publish(feed, message);
            }
        }
    }

    /// What one event loop knows.
    Loop loop(EventLoop executor) {
        Loop known = loops.get(executor);
        return known != null ? known : loops.computeIfAbsent(executor, this::newLoop);
    }

    private Loop newLoop(EventLoop executor) {
        Loop loop;
        synchronized (all) {
            loop = new Loop(executor, all.size(), settings, metrics);
            newLoops.accept(loop);
            all.add(loop);
        }
        return loop;
    }

    /// @param listener told of every loop before it has a connection
    void onNewLoop(Consumer<Loop> listener) {
        newLoops = listener;
    }

    List<Loop> loops() {
        return all;
    }

    private int loopCount() {
        EventLoop any = loops.keys().nextElement();
        return any.parent() instanceof MultithreadEventExecutorGroup group
                ? Math.max(group.executorCount(), all.size())
                : all.size();
    }
}
