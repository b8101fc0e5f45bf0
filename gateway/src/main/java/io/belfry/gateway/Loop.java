package io.belfry.gateway;

import io.belfry.core.receipt.Receipt;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What one event loop knows: its connections, who of them is late with what, and the publications that came for them.
/// Everything is touched on the loop alone, but for [#publish].
///
/// Connections are spread over [#SLOTS] slots, one of which is visited at every tick, so that the pings of a loop are
/// spread over the whole period, and a newcomer's first ping comes after a random part of it.
final class Loop {
    private static final int SLOTS = 25;
    private static final int FLUSH_EVERY = 256;

    /// How often it is measured how late the loop is.
    private static final long PROBE_NANOS = 200_000_000;

    /// What a waiting publication takes beside its bytes, about.
    private static final int ENTRY_BYTES = 32;

    final EventLoop executor;
    final int index;
    final ByteBufAllocator allocator;
    final DeadlineList connecting;
    final DeadlineList ponging;
    final DeadlineList closing;

    /// The last wave of the announcements that was handed to this loop.
    long announcementsHead;

    private final Slot[] slots = new Slot[SLOTS];
    private final ArrayList<Connection> slow = new ArrayList<>();
    private final ArrayList<Connection> unflushed = new ArrayList<>();
    private final ArrayList<Session> proving = new ArrayList<>();
    private final long slowNanos;
    private final GatewayMetrics metrics;
    private int tick;

    private final long maxUnfinishedBytes;
    private long unfinishedBytes;

    private final Object lock = new Object();
    private ArrayList<Object> incoming = new ArrayList<>();
    private ArrayList<Object> draining = new ArrayList<>();
    private final long maxIncomingBytes;
    private long incomingBytes;

    Loop(EventLoop executor, int index, GatewaySettings settings, GatewayMetrics metrics) {
        this.executor = executor;
        this.index = index;
        this.allocator = ByteBufAllocator.DEFAULT;
        this.metrics = metrics;
        this.connecting = new DeadlineList(settings.connectDeadline().toNanos());
        this.ponging = new DeadlineList(settings.pongTimeout().toNanos());
        this.closing = new DeadlineList(Connection.CLOSE_PATIENCE.toNanos());
        this.slowNanos = settings.slowTimeout().toNanos();
        this.maxUnfinishedBytes = settings.limits().unfinishedBytes();
        this.maxIncomingBytes = settings.limits().inboundBytes();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
        long every = Math.max(1, settings.ping().toMillis() / SLOTS);
        executor.scheduleAtFixedRate(this::tick, every, every, TimeUnit.MILLISECONDS);
        probe();
    }

    void add(Connection connection) {
        connection.slot = (byte) ThreadLocalRandom.current().nextInt(SLOTS);
        slots[connection.slot].add(connection);
    }

    void remove(Connection connection) {
        slots[connection.slot].remove(connection);
        if (connection.waitingIn != null) {
            connection.waitingIn.remove(connection);
        }
        slow.remove(connection);
    }

    /// @return a task for each slot; the connections of a slot stay there for life
    List<Runnable> forEachInTurn(Consumer<Connection> action) {
        var tasks = new ArrayList<Runnable>(SLOTS);
        for (Slot slot : slots) {
            tasks.add(() -> {
                slot.forEach(action);
                flush();
            });
        }
        return tasks;
    }

    void forEach(Consumer<Connection> action) {
        for (Slot slot : slots) {
            slot.forEach(action);
        }
    }

    /// The connection takes in nothing at the moment.
    void slow(Connection connection) {
        connection.slowSinceNanos = System.nanoTime();
        slow.add(connection);
    }

    void notSlow(Connection connection) {
        slow.remove(connection);
    }

    /// What is kept of clients' messages that have not come whole is more, or less, by so many bytes.
    ///
    /// @return whether there is room for it
    boolean keeps(int more) {
        unfinishedBytes += more;
        return more <= 0 || unfinishedBytes <= maxUnfinishedBytes;
    }

    /// The connection was written to: it is flushed with the others.
    void unflushed(Connection connection) {
        unflushed.add(connection);
    }

    void flush() {
        for (Connection connection : unflushed) {
            connection.flush();
        }
        unflushed.clear();
    }

    /// The session proved something new.
    void proved(Session session) {
        proving.add(session);
    }

    /// What was proved since the last time.
    List<Receipt> takeReceipts() {
        if (proving.isEmpty()) {
            return List.of();
        }
        var receipts = new ArrayList<Receipt>(proving.size());
        for (Session session : proving) {
            receipts.add(session.takeReceipt());
        }
        proving.clear();
        return receipts;
    }

    /// Hands over a publication for a user of this loop. Any thread; several publications share one wake-up.
    void publish(RedisSubscription feed, byte[] message) {
        boolean wake;
        synchronized (lock) {
            incomingBytes += message.length + ENTRY_BYTES;
            if (incomingBytes > maxIncomingBytes) {
                incomingBytes -= message.length + ENTRY_BYTES;
                metrics.hit(Guard.INBOUND);
                metrics.dropped(GatewayMetrics.Drop.BUSY_LOOP);
                return;
            }
            wake = incoming.isEmpty();
            incoming.add(feed);
            incoming.add(message);
        }
        if (wake) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        synchronized (lock) {
            ArrayList<Object> swap = draining;
            draining = incoming;
            incoming = swap;
            incomingBytes = 0;
        }
        for (int i = 0; i < draining.size(); i += 2) {
            ((RedisSubscription) draining.get(i)).deliver(this, (byte[]) draining.get(i + 1));
            if (i % FLUSH_EVERY == 0) {
                flush();
            }
        }
        flush();
        draining.clear();
    }

    private void tick() {
        long now = System.nanoTime();
        for (Connection c = connecting.pollLate(now); c != null; c = connecting.pollLate(now)) {
            c.disconnect(Disconnect.STALE, Guard.CONNECT);
        }
        for (Connection c = ponging.pollLate(now); c != null; c = ponging.pollLate(now)) {
            c.disconnect(Disconnect.NO_PONG, Guard.PONG);
        }
        for (Connection c = closing.pollLate(now); c != null; c = closing.pollLate(now)) {
            c.abort();
        }
        closeSlow(now);
        tick = (tick + 1) % SLOTS;
        for (int i = tick % 5; i < SLOTS; i += 5) {
            slots[i].forEach(Connection::checkStanding);
        }
        slots[tick].forEach(Connection::pingInTurn);
        flush();
    }

    /// Measures how much later than it should the loop gets round to this.
    private void probe() {
        long due = System.nanoTime() + PROBE_NANOS;
        executor.schedule(
                () -> {
                    metrics.loopLate(Math.max(0, System.nanoTime() - due));
                    probe();
                },
                PROBE_NANOS,
                TimeUnit.NANOSECONDS);
    }

    private void closeSlow(long now) {
        for (Connection connection : List.copyOf(slow)) {
            if (now - connection.slowSinceNanos > slowNanos) {
                connection.disconnect(Disconnect.SLOW, Guard.SLOWNESS);
            }
        }
    }

    /// A bag of connections.
    private static final class Slot {
        private Connection[] connections = new Connection[4];
        private int size;

        void add(Connection connection) {
            if (size == connections.length) {
                connections = java.util.Arrays.copyOf(connections, size * 2);
            }
            connection.place = size;
            connections[size++] = connection;
        }

        void remove(Connection connection) {
            Connection last = connections[--size];
            connections[connection.place] = last;
            last.place = connection.place;
            connections[size] = null;
        }

        /// From the end, so that an action may remove its own connection.
        void forEach(Consumer<Connection> action) {
            for (int i = size - 1; i >= 0; i--) {
                if (i < size) {
                    action.accept(connections[i]);
                }
            }
        }
    }
}
