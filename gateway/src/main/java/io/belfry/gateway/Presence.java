package io.belfry.gateway;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Which connections of this node are in plain channels that keep presence. They are told to Redis at once, kept alive
/// there a part of the channels a second, and told again as a whole where Redis may have missed something. Thread-safe;
/// does not block.
@Singleton
final class Presence {
    /// Each channel is refreshed so many times before what Redis knows would end.
    private static final int REFRESHES_PER_LIFE = 3;

    private final ConcurrentHashMap<String, Room> rooms = new ConcurrentHashMap<>();
    private final PresenceStore store;
    private final GatewayMetrics metrics;
    private final long secondsPerRound;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("gateway-presence").factory());
    private Iterator<String> round;

    Presence(PresenceStore store, GatewaySettings settings, GatewayMetrics metrics) {
        this.store = store;
        this.metrics = metrics;
        this.secondsPerRound = Math.max(1, settings.presenceLife().toSeconds() / REFRESHES_PER_LIFE);
        this.round = rooms.keySet().iterator();
        rounds.scheduleWithFixedDelay(this::goOn, 1, 1, TimeUnit.SECONDS);
    }

    /// The connections of one channel, by their names. Guarded by the map's entry.
    private static final class Room {
        private final Map<String, ClientInfo> members = new LinkedHashMap<>();

        /// Whether Redis knows all of them and no others, as far as we can tell. A new room does not know what an
        /// earlier one may have left behind.
        private volatile boolean told;
    }

    /// Each success is followed by one [#exit].
    ///
    /// @param size how many of this node may be in the channel
    /// @return false when there are as many
    boolean enter(String channel, ClientInfo who, int size) {
        boolean[] entered = {true};
        rooms.compute(channel, (name, known) -> {
            Room room = known == null ? new Room() : known;
            if (room.members.size() >= size) {
                entered[0] = false;
                return room;
            }
            room.members.put(who.client(), who);
            if (room.told) {
                expect(room, store.keep(name, List.of(who)));
            } else {
                tellAll(name, room);
            }
            return room;
        });
        if (!entered[0]) {
            metrics.hit(Guard.PRESENCE);
        }
        return entered[0];
    }

    void exit(String channel, ClientInfo who) {
        rooms.computeIfPresent(channel, (name, room) -> {
            room.members.remove(who.client());
            expect(room, store.remove(name, who.client()));
            return room.members.isEmpty() ? null : room;
        });
    }

    /// Who is in a channel, on all nodes. Those who entered here before are among them.
    CompletableFuture<List<ClientInfo>> of(String channel) {
        return store.read(channel);
    }

    CompletableFuture<PresenceStore.Stats> stats(String channel) {
        return store.count(channel);
    }

    private void tellAll(String channel, Room room) {
        room.told = true;
        expect(room, store.replace(channel, List.copyOf(room.members.values())));
    }

    private static void expect(Room room, CompletableFuture<?> done) {
        done.whenComplete((result, failure) -> {
            if (failure != null) {
                room.told = false;
            }
        });
    }

    private void goOn() {
        long due = Math.ceilDiv(rooms.size(), secondsPerRound);
        for (; due > 0 && round.hasNext(); due--) {
            refresh(round.next());
        }
        if (!round.hasNext()) {
            round = rooms.keySet().iterator();
        }
    }

    private void refresh(String channel) {
        rooms.computeIfPresent(channel, (name, room) -> {
            if (room.told) {
                CompletableFuture<Boolean> kept = store.keep(name, List.of());
                expect(room, kept);
                // Redis lost it, or was away for too long.
                kept.thenAcceptAsync(
                        there -> {
                            if (!there) {
                                repair(name);
                            }
                        },
                        rounds);
            } else {
                tellAll(name, room);
            }
            return room;
        });
    }

    private void repair(String channel) {
        rooms.computeIfPresent(channel, (name, room) -> {
            tellAll(name, room);
            return room;
        });
    }

    @PreDestroy
    void close() {
        rounds.shutdownNow();
    }
}
