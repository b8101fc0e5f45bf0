package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.FeedPublisher;
import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.load.Shout;
import io.belfry.benchmarks.load.Sockets;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import io.belfry.benchmarks.server.BelfrySockets;
import io.belfry.benchmarks.server.BroadcastRows;
import io.belfry.core.signal.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// From the moment an operator has let a broadcast go to the last of the connected: row P7.
public final class Broadcasts {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final byte[] SIGNALS = "bf:signal".getBytes(StandardCharsets.US_ASCII);
    private static final int WARM = 5;
    private static final int COUNTED = 5;

    private Broadcasts() {}

    public static void measure(BelfryProcess belfry, Generator generator, int connections, Report report)
            throws IOException, InterruptedException {
        Users users = new Users("heard-" + Long.toString(System.nanoTime(), 36) + "-", connections);
        BroadcastRows rows = new BroadcastRows(belfry.database(), connections);
        try (Sockets sockets = Sockets.open(generator, new BelfrySockets(belfry, users), users, PATIENCE);
                FeedPublisher signals = FeedPublisher.at(belfry.redis())) {
            for (int i = 0; i < WARM + COUNTED; i++) {
                Window window = Window.open(sockets, belfry.parts());
                rows.due(Shout.toAll(users));
                signals.publish(SIGNALS, Signal.BROADCASTS.name().getBytes(StandardCharsets.US_ASCII));
                Result result = window.close(Result.of(
                        "P7",
                        "broadcast, let go to the last socket",
                        String.format(Locale.ROOT, "%,d sockets, one wave", connections),
                        Figure.MAX_MS));
                if (i >= WARM) {
                    report.add(result);
                }
            }
        }
    }
}
