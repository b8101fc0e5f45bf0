package io.belfry.gateway;

import io.belfry.core.push.PushTimers;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sockets that died with publications that the client never proved to have: their pushes become due soon, unless the
/// client comes back within the grace. Thread-safe; does not block. Should the database not take it, the pushes keep
/// their own time.
@Singleton
final class Departures {
    private static final int MAX_BATCH = 500;

    private final PushTimers timers;
    private final Signals signals;
    private final Duration grace;
    private final GatewayMetrics metrics;
    private final Batcher<PushTimers.Unreceived> batcher;

    Departures(PushTimers timers, Signals signals, GatewaySettings settings, GatewayMetrics metrics) {
        this.timers = timers;
        this.signals = signals;
        this.grace = settings.receipts().pushGrace();
        this.metrics = metrics;
        this.batcher =
                new Batcher<>("departures", MAX_BATCH, 1, settings.limits().connections(), this::hasten);
    }

    /// @param received up to where the connection had proved receipt of its inbox
    void add(String user, long received) {
        batcher.offer(new PushTimers.Unreceived(user, received));
    }

    private void hasten(List<PushTimers.Unreceived> departed) {
        Map<String, Long> least = new HashMap<>();
        departed.forEach(d -> least.merge(d.userId(), d.receivedOffset(), Math::min));
        try {
            int hastened = timers.hastenAfterDisconnect(
                    least.entrySet().stream()
                            .map(e -> new PushTimers.Unreceived(e.getKey(), e.getValue()))
                            .toList(),
                    grace);
            metrics.hastened(hastened);
            if (hastened > 0) {
                signals.raise(Signal.PUSH_DUE);
            }
        } catch (SQLException | RuntimeException e) {
            metrics.databaseFailed(e);
        }
    }
}
