package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Audiences;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.RecallReport;
import io.belfry.core.broadcast.Recalls;
import io.belfry.core.node.Nodes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches broadcasts that somebody looks at: how fast they go, by what was seen of them so far, and how many devices
/// have them. A count of devices reads all receipts, so it is kept for [#COST] times as long as it took: however many
/// people look, counting takes a twentieth of one database connection at most. Remembers [#BROADCASTS], those that were
/// looked at last. Thread-safe; blocks on the database.
@Singleton
final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final int BROADCASTS = 200;
    private static final int SAMPLES = 16;
    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(1);
    private static final int COST = 20;
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final Audiences audiences;
    private final Nodes nodes;
    private final Recalls recalls;
    private final Clock clock;
    private final Map<UUID, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Seen> eldest) {
            return size() > BROADCASTS;
        }
    };

    Watch(Audiences audiences, Nodes nodes, Recalls recalls, Clock clock) {
        this.audiences = audiences;
        this.nodes = nodes;
        this.recalls = recalls;
        this.clock = clock;
    }

    private record Sample(Instant at, long people, long devices) {}

    private record Counted(Optional<Long> value, Instant until) {}

    private static final class Seen {
        private final Deque<Sample> samples = new ArrayDeque<>();
        private Counted receivers = new Counted(Optional.empty(), Instant.MIN);
        private Counted devices = new Counted(Optional.empty(), Instant.MIN);
    }

    /// How many devices have proved that they have it; empty when that cannot be counted.
    Optional<Long> receivers(Broadcast broadcast) {
        Seen entry = entry(broadcast);
        synchronized (entry) {
            if (clock.instant().isAfter(entry.receivers.until)) {
                entry.receivers = count(() -> audiences.receivers(broadcast));
            }
            return entry.receivers.value;
        }
    }

    /// Adds what the broadcast is now to what was seen of it, and says how far it has come.
    Progress progress(Broadcast broadcast, String fallback) {
        Optional<Long> receivers = receivers(broadcast);
        Optional<RecallReport> recall = recalls.of(broadcast.id());
        Seen entry = entry(broadcast);
        long connections = Math.round(nodes.list().stream()
                .mapToDouble(node -> node.figure("belfry.gateway.connections"))
                .sum());
        synchronized (entry) {
            if (broadcast.push().isOn() && clock.instant().isAfter(entry.devices.until)) {
                entry.devices =
                        count(() -> audiences.reach(broadcast.audience()).devices());
            }
            sample(entry, broadcast);
            return new Progress(
                    Sight.of(broadcast, fallback),
                    receivers,
                    entry.devices.value,
                    connections,
                    left(entry, broadcast),
                    recall);
        }
    }

    private Seen entry(Broadcast broadcast) {
        synchronized (seen) {
            return seen.computeIfAbsent(broadcast.id(), id -> new Seen());
        }
    }

    private interface Count {
        long count();
    }

    private Counted count(Count query) {
        Instant began = clock.instant();
        try {
            Optional<Long> value = Optional.of(query.count());
            return new Counted(value, keepUntil(began));
        } catch (JdbiException e) {
            LOG.warn("Receivers of a broadcast could not be counted: {}", e.getMessage());
            return new Counted(Optional.empty(), keepUntil(began));
        }
    }

    private Instant keepUntil(Instant began) {
        Instant now = clock.instant();
        Duration keep = Duration.between(began, now).multipliedBy(COST);
        return now.plus(keep.compareTo(LEAST) > 0 ? keep : LEAST);
    }

    /// What was seen before a pause says nothing about the time after it.
    private void sample(Seen entry, Broadcast broadcast) {
        Instant now = clock.instant();
        if (!broadcast.isUnderWay()) {
            entry.samples.clear();
            return;
        }
        if (entry.samples.isEmpty()
                || Duration.between(entry.samples.getLast().at, now).compareTo(SAMPLE_EVERY) >= 0) {
            entry.samples.addLast(
                    new Sample(now, broadcast.addressed(), broadcast.push().total()));
        }
        if (entry.samples.size() > SAMPLES) {
            entry.samples.removeFirst();
        }
    }

    /// How much longer at the pace of the last moments; empty when no pace was seen.
    private static Optional<Pace> left(Seen entry, Broadcast broadcast) {
        if (entry.samples.size() < 2) {
            return Optional.empty();
        }
        Sample first = entry.samples.getFirst();
        Sample last = entry.samples.getLast();
        double seconds = Duration.between(first.at, last.at).toMillis() / 1000.0;
        if (broadcast.state() == BroadcastState.SENDING) {
            return Pace.of(
                    (last.people - first.people) / seconds,
                    broadcast.audienceSize().orElse(0) - broadcast.addressed(),
                    "people");
        }
        long devices = entry.devices.value.orElse(0L);
        return Pace.of(
                (last.devices - first.devices) / seconds,
                Math.max(0, devices - broadcast.push().total()),
                "devices");
    }
}
