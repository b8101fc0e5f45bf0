package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MultithreadEventExecutorGroup;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

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

    /// What became of a client that wants in.
    sealed interface Joining {}

    /// @param displaced had to make room for it, and is to be closed
    record Joined(Session session, Optional<Session> displaced) implements Joining {}

    /// The node has as many users as it can listen for.
    record Full() implements Joining {}

    /// Counts a session of the user in, and subscribes the user's feed if it is the first. When the user has as
    /// many as one may have, that of the client which has been silent for longest makes room. Each success is
    /// followed by one [#leave].
    ///
    /// @param make is called at most once, and must not come back here
    Joining join(String user, Function<Feed, Session> make) {
        if (feeds.size() >= maxFeeds && !feeds.containsKey(user)) {
            metrics.hit(Guard.FEEDS);
            return new Full();
        }
        var joined = new Joined[1];
        // The map's lock on the entry guards the members, and keeps subscribing and unsubscribing of one user in order.
        feeds.compute(user, (u, known) -> {
            Feed feed = known == null ? new Feed(user, loopCount()) : known;
            Session session = make.apply(feed);
            Optional<Session> displaced = feed.memberCount() < settings.limits().connectionsPerUser()
                    ? Optional.empty()
                    : Optional.of(feed.mostSilent());
            displaced.ifPresent(feed::removeMember);
            feed.addMember(session);
            if (known == null) {
                subscriptions.subscribe(feed);
            }
            joined[0] = new Joined(session, displaced);
            return feed;
        });
        return joined[0];
    }

    /// @return whether another session of its device lives on this node: it will prove what this one did not. Of
    ///     sessions that name no device, each stands for all
    boolean leave(Session session) {
        boolean[] elsewhere = {false};
        feeds.computeIfPresent(session.user(), (user, known) -> {
            if (known != session.feed()) {
                return known;
            }
            known.removeMember(session);
            elsewhere[0] = known.isLive(session.deviceId());
            if (known.memberCount() > 0) {
                return known;
            }
            subscriptions.unsubscribe(known);
            return null;
        });
        return elsewhere[0];
    }

    /// The connected users, a view that changes with them.
    Collection<Feed> feeds() {
        return feeds.values();
    }

    /// Hands a message of the user's feed to the loops that hold connections of the user. Does not block.
    void publish(String user, byte[] message) {
        Feed feed = feeds.get(user);
        if (feed == null || !FeedMessage.isReadable(message)) {
            metrics.dropped(GatewayMetrics.Drop.NO_CONNECTION);
            return;
        }
        for (Loop loop : all) {
            if (feed.sessions().mayBeOn(loop.index)) {
                loop.publish(feed, message);
            }
        }
    }

    /// Runs on the sessions of one user, each on its loop, soon. Does not block.
    void forEachSession(String user, Consumer<Session> action) {
        Feed feed = feeds.get(user);
        if (feed == null) {
            return;
        }
        for (Loop loop : all) {
            loop.executor.execute(() -> {
                Session next;
                for (Session s = feed.sessions().first(loop.index); s != null; s = next) {
                    next = s.next();
                    action.accept(s);
                }
                loop.flush();
            });
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

    /// How many event loops there will be, at most.
    int loopCount() {
        EventLoop any = loops.keys().nextElement();
        return any.parent() instanceof MultithreadEventExecutorGroup group
                ? Math.max(group.executorCount(), all.size())
                : all.size();
    }
}
