package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.machine.Processes;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// One event to all followers of a topic, until every inbox has it: row P5. Nobody is connected.
public final class LargeAudience {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int WARM = 2;

    private final BelfryProcess belfry;
    private final int followers;
    private final String topic = "crowd/" + Long.toString(System.nanoTime(), 36);

    private LargeAudience(BelfryProcess belfry, int followers) {
        this.belfry = belfry;
        this.followers = followers;
    }

    public static void measure(BelfryProcess belfry, int followers, Report report)
            throws IOException, InterruptedException {
        LargeAudience audience = new LargeAudience(belfry, followers);
        new People(belfry.database(), audience.topic + "/", followers).follow(audience.topic);
        report.add(audience.run("P5 first", "first event of the process"));
        for (int i = 0; i < WARM; i++) {
            audience.run("", "");
        }
        report.add(audience.run("P5", "warm"));
    }

    private Result run(String row, String how) throws IOException, InterruptedException {
        long before = written();
        CpuMeter cpu = CpuMeter.start(belfry.parts());
        long begin = System.nanoTime();
        belfry.post("/v1/events", "{\"type\":\"bench.crowd\",\"topic\":\"" + topic + "\",\"data\":{\"line\":\"T4\"}}");
        long jvm = belfry.parts().get(CpuMeter.Part.JVM);
        long resident = 0;
        while (People.number(belfry.database(), "select count(*) from pending_events") > 0) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new IllegalStateException("the event is not dispatched after " + PATIENCE);
            }
            resident = Math.max(resident, Processes.residentBytes(jvm));
            TimeUnit.MILLISECONDS.sleep(10);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        CpuMeter.Reading used = cpu.read();
        if (written() - before != followers) {
            throw new IllegalStateException(
                    (written() - before) + " notifications were written (expected: " + followers + ")");
        }
        String load = String.format(Locale.ROOT, "%,d followers, %s", followers, how);
        return Window.withCpu(Result.of(row, "event to a topic", load, Figure.SECONDS), used, followers)
                .with(Figure.SECONDS, seconds)
                .with(Figure.RESIDENT_MB, resident / 1e6);
    }

    private long written() {
        return People.number(belfry.database(), "select coalesce(sum(total), 0) from inboxes");
    }
}
