package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.Sockets;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Result;
import java.time.Duration;
import java.util.Map;

/// The time in which a scenario is measured: what the processes used and what the sockets got.
final class Window {
    /// After so long without an arrival, what is missing is lost.
    static final Duration QUIET = Duration.ofSeconds(15);

    private final Sockets sockets;
    private final CpuMeter cpu;
    private final long beganNanos;

    private Window(Sockets sockets, CpuMeter cpu) {
        this.sockets = sockets;
        this.cpu = cpu;
        this.beganNanos = System.nanoTime();
    }

    static Window open(Sockets sockets, Map<CpuMeter.Part, Long> parts) throws InterruptedException {
        sockets.forget();
        return new Window(sockets, CpuMeter.start(parts));
    }

    double seconds() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    /// Waits until all has come that was sent, and adds what that took to the result.
    Result close(Result result) throws InterruptedException {
        Sockets.Outcome outcome = sockets.awaitAll(QUIET);
        return withCpu(result, cpu.read(), outcome.count())
                .with(Figure.NOTIFICATIONS_PER_S, outcome.count() * 1e9 / (outcome.lastNanos() - beganNanos))
                .with(Figure.P50_MS, outcome.millis(50))
                .with(Figure.P99_MS, outcome.millis(99))
                .with(Figure.MAX_MS, outcome.millis(100))
                .with(Figure.LOST, outcome.lost())
                .with(Figure.DUPLICATES, outcome.duplicates())
                .with(Figure.REORDERED, outcome.reordered());
    }

    /// Adds what each notification took.
    static Result withCpu(Result result, CpuMeter.Reading reading, long notifications) {
        Result with = result.with(Figure.FOREIGN_CPU, 100 * reading.foreign());
        if (reading.seconds().isEmpty() || notifications == 0) {
            return with;
        }
        double all = 0;
        for (Map.Entry<CpuMeter.Part, Double> part : reading.seconds().entrySet()) {
            double each = part.getValue() * 1000 / notifications;
            all += each;
            with = with.with(
                    switch (part.getKey()) {
                        case JVM -> Figure.CPU_JVM;
                        case POSTGRES -> Figure.CPU_POSTGRES;
                        case REDIS -> Figure.CPU_REDIS;
                    },
                    each);
        }
        return with.with(Figure.CPU_ALL, all);
    }
}
