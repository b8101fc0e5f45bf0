package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.machine.Processes;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import io.belfry.benchmarks.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long a start takes, and what an idle process holds: rows P8 and P9.
public final class Starts {
    /// Longer than the JVM keeps memory that it does not use.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Subject subject;

    public Starts(Subject subject) {
        this.subject = subject;
    }

    public void measure(Report report) throws IOException, InterruptedException {
        // Makes the data, which the start that counts finds.
        subject.standalone(Map.of()).close();
        try (BelfryProcess belfry = subject.standalone(Map.of())) {
            report.add(start("./belfry up", "data there, servers embedded", belfry));
            TimeUnit.NANOSECONDS.sleep(IDLE.toNanos());
            long jvm = belfry.parts().get(CpuMeter.Part.JVM);
            report.add(Result.of("P9", "idle ./belfry up", IDLE.toSeconds() + " s after its start", Figure.RESIDENT_MB)
                    .with(Figure.RESIDENT_MB, Processes.residentBytes(jvm) / 1e6));
        }
        try (Servers servers = subject.servers();
                BelfryProcess gateway = subject.role(servers, "gateway", Map.of())) {
            report.add(start("gateway role", "servers run already", gateway));
        }
    }

    private static Result start(String what, String how, BelfryProcess belfry) {
        return Result.of("P8", what, how, Figure.SECONDS)
                .with(Figure.SECONDS, belfry.startTime().toMillis() / 1_000.0);
    }
}
