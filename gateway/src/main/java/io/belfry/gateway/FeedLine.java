package io.belfry.gateway;

import io.belfry.core.feed.FeedNames;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to Redis and the feeds on it. Changes are gathered and sent in the order in which they were asked
/// for, up to [#STEP] feeds a command. When the connection is lost it makes a new one, after a random instant so that
/// not all lines of all nodes come at once, and subscribes step by step, each when Redis has confirmed the one before.
///
/// Asking is thread-safe and does not block. Everything else happens on a thread of its own; Redis' confirmations come
/// on the thread of the connection, in the order of the commands.
final class FeedLine {
    private static final Logger LOG = LoggerFactory.getLogger(FeedLine.class);
    private static final int STEP = 512;
    private static final long MAX_RECONNECT_MILLIS = 1_000;
    private static final Duration CHECK_EVERY = Duration.ofSeconds(5);
    private static final long UNCONFIRMED_PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

    private final int number;
    private final Supplier<FeedConnection> connecting;
    private final FeedSubscriptions owner;
    private final ScheduledExecutorService thread;
    private Iterable<RedisSubscription> feeds;

    private final ArrayDeque<RedisSubscription> changes = new ArrayDeque<>();
    private final ArrayDeque<RedisSubscription> unconfirmed = new ArrayDeque<>();
    private long progressAtNanos = System.nanoTime();

    private volatile FeedConnection connection;
    private ArrayDeque<RedisSubscription> resubscribing = new ArrayDeque<>();
    private boolean closed;
    private volatile String failure = "not connected yet";

    /// @param connecting makes a connection, and may block
    FeedLine(int number, Supplier<FeedConnection> connecting, FeedSubscriptions owner) {
        this.number = number;
        this.connecting = connecting;
        this.owner = owner;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("gateway-feeds-" + number).factory());
    }

    /// @param all that is wanted, of this line and of others
    void start(Iterable<RedisSubscription> all) {
        feeds = all;
        thread.execute(this::connect);
        thread.scheduleWithFixedDelay(
                this::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    void subscribe(RedisSubscription feed) {
        feed.wanted = true;
        change(feed);
    }

    void unsubscribe(RedisSubscription feed) {
        feed.wanted = false;
        change(feed);
    }

    private void change(RedisSubscription feed) {
        boolean wake;
        synchronized (changes) {
            wake = changes.isEmpty();
            changes.add(feed);
        }
        if (wake) {
            onThread(this::sendChanges);
        }
    }

    /// Any thread. After the end of the line there is nothing left to do.
    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.trace("feed connection {} has ended", number);
        }
    }

    /// What is wrong, or empty.
    Optional<String> trouble() {
        String problem = failure;
        if (problem != null) {
            return Optional.of("feed connection " + number + ": " + problem);
        }
        synchronized (unconfirmed) {
            boolean stuck = !unconfirmed.isEmpty() && System.nanoTime() - progressAtNanos > UNCONFIRMED_PATIENCE_NANOS;
            return stuck
                    ? Optional.of("feed connection " + number + ": " + unconfirmed.size() + " feeds not confirmed")
                    : Optional.empty();
        }
    }

    int unconfirmed() {
        synchronized (unconfirmed) {
            return unconfirmed.size();
        }
    }

    // On the line's own thread ----------------------------------------------------------------------------------

    private void connect() {
        if (closed) {
            return;
        }
        try {
            FeedConnection made = connecting.get();
            connection = made;
            made.listen(new Ear(made));
            if (number == 0) {
                made.subscribe(List.of(FeedNames.announcements(), FeedNames.control()));
            }
            failure = null;
            LOG.debug("Feed connection {} is up", number);
            resubscribing = new ArrayDeque<>();
            for (RedisSubscription feed : feeds) {
                if (owner.line(feed) == this && feed.wanted && !feed.subscribed) {
                    resubscribing.add(feed);
                }
            }
            resubscribe();
            sendChanges();
        } catch (RuntimeException e) {
            if (failure == null || failure.startsWith("not connected")) {
                LOG.warn("Redis cannot be reached for feeds ({}); trying on", e.getMessage());
            }
            failure = "cannot connect: " + e.getMessage();
            reconnect();
        }
    }

    private void reconnect() {
        thread.schedule(
                this::connect,
                ThreadLocalRandom.current().nextLong(MAX_RECONNECT_MILLIS / 10, MAX_RECONNECT_MILLIS),
                TimeUnit.MILLISECONDS);
    }

    private void lost(FeedConnection which, String why) {
        if (connection != which || closed) {
            return;
        }
        LOG.warn("Feed connection {} to Redis was lost ({})", number, why);
        failure = "lost: " + why;
        owner.lost();
        connection = null;
        which.close();
        // A confirmation is either noted before and lost again here, or comes too late to be noted. Noted after, it
        // would
        // hide that the feed has to be compared with the database.
        synchronized (unconfirmed) {
            unconfirmed.clear();
            for (RedisSubscription feed : feeds) {
                if (owner.line(feed) == this) {
                    feed.subscribed = false;
                    feed.lose();
                }
            }
        }
        reconnect();
    }

    private void resubscribe() {
        var step = new ArrayList<RedisSubscription>(STEP);
        while (step.size() < STEP && !resubscribing.isEmpty()) {
            RedisSubscription feed = resubscribing.poll();
            if (feed.wanted && !feed.subscribed) {
                step.add(feed);
            }
        }
        send(step);
    }

    private void sendChanges() {
        List<RedisSubscription> changed;
        synchronized (changes) {
            changed = new ArrayList<>(changes);
            changes.clear();
        }
        if (connection == null) {
            // The next connection subscribes whatever is wanted then.
            return;
        }
        var gone = new ArrayList<RedisSubscription>();
        var come = new ArrayList<RedisSubscription>();
        for (RedisSubscription feed : changed) {
            if (feed.wanted && !feed.subscribed) {
                come.add(feed);
                feed.subscribed = true;
            } else if (!feed.wanted && feed.subscribed) {
                gone.add(feed);
                feed.subscribed = false;
            }
        }
        // A user who left and came back within one batch is two feeds of one name: leaving goes first.
        for (int i = 0; i < gone.size(); i += STEP) {
            connection.unsubscribe(names(gone.subList(i, Math.min(gone.size(), i + STEP))));
        }
        for (int i = 0; i < come.size(); i += STEP) {
            send(come.subList(i, Math.min(come.size(), i + STEP)));
        }
    }

    private void send(List<RedisSubscription> step) {
        if (step.isEmpty() || connection == null) {
            return;
        }
        synchronized (unconfirmed) {
            if (unconfirmed.isEmpty()) {
                progressAtNanos = System.nanoTime();
            }
            unconfirmed.addAll(step);
        }
        step.forEach(feed -> feed.subscribed = true);
        connection.subscribe(names(step));
    }

    private static List<byte[]> names(List<RedisSubscription> step) {
        return step.stream().map(RedisSubscription::redisChannel).toList();
    }

    /// A connection whose peer vanished without a word shows no other sign.
    private void check() {
        FeedConnection checked = connection;
        if (checked != null) {
            checked.ping().whenComplete((pong, e) -> {
                if (e != null) {
                    onThread(() -> lost(checked, "no answer to a ping"));
                }
            });
        }
    }

    void close() {
        thread.execute(() -> {
            closed = true;
            if (connection != null) {
                connection.close();
            }
        });
        thread.shutdown();
    }

    // On the thread of the connection ------------------------------------------------------------------------------

    private void confirmed(FeedConnection of) {
        RedisSubscription feed;
        boolean belated;
        boolean next;
        synchronized (unconfirmed) {
            if (of != connection) {
                return;
            }
            feed = unconfirmed.poll();
            belated = feed != null && feed.confirm();
            next = unconfirmed.isEmpty();
            progressAtNanos = System.nanoTime();
        }
        if (belated) {
            owner.confirmedBelatedly(feed);
        }
        if (next) {
            onThread(this::resubscribe);
        }
    }

    private final class Ear implements FeedConnection.Listener {
        private final FeedConnection of;

        Ear(FeedConnection of) {
            this.of = of;
        }

        @Override
        public void message(byte[] feed, byte[] message) {
            owner.received(feed, message);
        }

        @Override
        public void subscribed(byte[] feed) {
            if (FeedNames.isShared(feed)) {
                owner.announcementsConfirmed();
            } else {
                confirmed(of);
            }
        }

        @Override
        public void lost(String why) {
            onThread(() -> FeedLine.this.lost(of, why));
        }
    }
}
