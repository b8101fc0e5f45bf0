package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import io.belfry.testkit.fcm.FcmSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/// Notifications for people of whom nobody is connected and each has a phone, from the first push to the last: row P10.
public final class Pushes {
    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int RECIPIENTS = 100;
    private static final int WARM = 2;

    private final Subject subject;
    private final int pushes;

    /// @param pushes a multiple of a hundred
    public Pushes(Subject subject, int pushes) {
        this.subject = subject;
        this.pushes = pushes;
    }

    public void measure(Report report) throws IOException, InterruptedException {
        try (FcmSimulator simulator = new FcmSimulator(0, 1_000)) {
            simulator.latency(LATENCY);
            Files.createDirectories(subject.directory());
            Path account = Files.writeString(
                    subject.directory().resolve("service-account.json"), simulator.serviceAccount("bench"));
            try (BelfryProcess belfry = subject.standalone(Map.of(
                    "BELFRY_FIREBASE_CREDENTIALS", account.toString(), "BELFRY_PUSH_ENDPOINT", simulator.url()))) {
                new People(belfry.database(), "away-", pushes).carryPhones();
                for (int i = 0; i < WARM; i++) {
                    run(belfry, simulator);
                }
                report.add(run(belfry, simulator));
            }
        }
    }

    private Result run(BelfryProcess belfry, FcmSimulator simulator) throws IOException, InterruptedException {
        long before = simulator.accepted();
        CpuMeter cpu = CpuMeter.start(belfry.parts());
        for (int from = 0; from < pushes; from += RECIPIENTS) {
            StringJoiner to = new StringJoiner("\",\"", "[\"", "\"]");
            for (int user = from; user < from + RECIPIENTS; user++) {
                to.add("away-" + user);
            }
            belfry.post("/v1/events", "{\"type\":\"bench.away\",\"recipients\":" + to + ",\"data\":{\"line\":\"T4\"}}");
        }
        long first = awaitAccepted(simulator, before + 1);
        // The first ones are under way: the rate is that of the others.
        long ahead = simulator.accepted() - before;
        long last = awaitAccepted(simulator, before + pushes);
        String load = String.format(Locale.ROOT, "%,d users, Firebase simulated at %d ms", pushes, LATENCY.toMillis());
        return Window.withCpu(Result.of("P10", "pushes to phones", load, Figure.PUSHES_PER_S), cpu.read(), pushes)
                .with(Figure.PUSHES_PER_S, (pushes - ahead) * 1e9 / (last - first));
    }

    private static long awaitAccepted(FcmSimulator simulator, long wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (simulator.accepted() < wanted) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        simulator.accepted() + " pushes arrived after " + PATIENCE + " (expected: " + wanted + ")");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return System.nanoTime();
    }
}
