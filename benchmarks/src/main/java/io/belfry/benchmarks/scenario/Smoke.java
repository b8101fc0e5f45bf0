package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import java.time.Duration;

/// A little load on a Belfry that runs: enough to see that nothing is lost, doubled or disordered.
public final class Smoke {
    private static final int SOCKETS = 100;
    private static final int PER_SECOND = 200;
    private static final Duration TIME = Duration.ofSeconds(3);

    private Smoke() {}

    public static Result measure(BelfryProcess belfry, Generator generator) throws InterruptedException {
        try (WholePath path = WholePath.open(belfry, generator, SOCKETS, TIME)) {
            return path.steady("smoke", PER_SECOND);
        }
    }
}
