package io.belfry.gateway;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The plain channels to which connections of this node are subscribed, and which there may be. Thread-safe; does not
/// block.
@Singleton
final class Channels {
    private static final int MAX_NAME = 255;
    private static final long RETRY_MILLIS = 500;

    private final Map<String, Namespace> namespaces;
    private final ConcurrentHashMap<String, ChannelFeed> feeds = new ConcurrentHashMap<>();
    private final Registry registry;
    private final FeedSubscriptions subscriptions;
    private final ChannelStore store;
    private final GatewayMetrics metrics;
    private final InsecureClients insecureClients;
    private final int maxFeeds;

    Channels(
            List<Namespace> namespaces,
            Registry registry,
            FeedSubscriptions subscriptions,
            ChannelStore store,
            InsecureClients insecureClients,
            GatewaySettings settings,
            GatewayMetrics metrics) {
        this.namespaces = namespaces.stream().collect(Collectors.toMap(Namespace::name, Function.identity()));
        this.registry = registry;
        this.subscriptions = subscriptions;
        this.store = store;
        this.metrics = metrics;
        this.insecureClients = insecureClients;
        this.maxFeeds = settings.feeds().connections() * settings.feeds().channelsPerConnection();
        metrics.channels(feeds);
    }

    /// The namespace of a channel, if there may be such a channel.
    Optional<Namespace> namespaceOf(String channel) {
        int colon = channel.indexOf(':');
        boolean proper = colon > 0
                && colon < channel.length() - 1
                && channel.length() <= MAX_NAME
                && channel.chars().noneMatch(c -> c < ' ' || c == '{' || c == '}');
        if (!proper) {
            return Optional.empty();
        }
        String name = channel.substring(0, colon);
        return Optional.ofNullable(namespaces.get(name)).or(() -> insecureClients.namespace(name));
    }

    /// Counts a subscription in. Each success is followed by one [#leave].
    ///
    /// @return empty when the node listens to as many channels as it can
    Optional<ChannelFeed> join(String channel, Namespace namespace) {
        if (feeds.size() >= maxFeeds && !feeds.containsKey(channel)) {
            metrics.hit(Guard.FEEDS);
            return Optional.empty();
        }
        return Optional.of(feeds.compute(channel, (name, known) -> {
            ChannelFeed feed = known == null ? new ChannelFeed(name, namespace, registry.loopCount()) : known;
            feed.subscribers++;
            if (known == null) {
                subscriptions.subscribe(feed);
            }
            return feed;
        }));
    }

    void leave(ChannelFeed feed) {
        feeds.computeIfPresent(feed.name(), (name, known) -> {
            if (known == feed && --known.subscribers == 0) {
                subscriptions.unsubscribe(known);
                return null;
            }
            return known;
        });
    }

    /// All that connections want, a view that changes.
    Collection<ChannelFeed> feeds() {
        return feeds.values();
    }

    /// Hands a message to the loops that hold subscriptions.
    void publish(String channel, byte[] message) {
        ChannelFeed feed = feeds.get(channel);
        if (feed == null) {
            metrics.dropped(GatewayMetrics.Drop.NO_CONNECTION);
            return;
        }
        for (Loop loop : registry.loops()) {
            if (feed.subscriptions().mayBeOn(loop.index)) {
                loop.publish(feed, message);
            }
        }
    }

    /// Publications may have been missed: compares with the history, on each loop behind what is on its way there.
    void compare(ChannelFeed feed) {
        if (!feed.namespace().hasHistory()) {
            return;
        }
        store.read(feed.name(), feed.namespace(), ChannelStore.Range.NOTHING).whenComplete((head, failure) -> {
            if (failure == null) {
                compare(feed, head);
            } else if (feed.wanted) {
                // Redis answers feeds again, but not yet commands.
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> compare(feed));
            }
        });
    }

    private void compare(ChannelFeed feed, ChannelStore.History head) {
        for (Loop loop : registry.loops()) {
            if (feed.subscriptions().mayBeOn(loop.index)) {
                loop.executor.execute(() -> {
                    feed.compare(loop, head);
                    loop.flush();
                });
            }
        }
    }
}
