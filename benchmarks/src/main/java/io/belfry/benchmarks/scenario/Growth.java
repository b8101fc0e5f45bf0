package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.Events;
import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.load.Requests;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// What a notification costs in a database that is nearly empty, and in one that is full: row P6. The same process,
/// warm,
/// takes the same load for both; nobody is connected.
public final class Growth {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration WARM = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 8;
    private static final int RECIPIENTS = 100;
    private static final int EVENTS_PER_SECOND = 80;

    private final BelfryProcess belfry;
    private final Generator generator;
    private final Duration time;

    public Growth(BelfryProcess belfry, Generator generator, Duration time) {
        this.belfry = belfry;
        this.generator = generator;
        this.time = time;
    }

    public void measure(Volume small, Volume large, Report report) throws InterruptedException, SQLException {
        load(new Users("warm-", 100_000), WARM);
        empty();
        small.fill(belfry.database());
        Result little = result(small);
        large.fill(belfry.database());
        Result much = result(large);
        report.add(little);
        report.add(much);
        report.add(Result.of("P6", "the second by the first", "", Figure.RATIO)
                .with(
                        Figure.RATIO,
                        much.figures().get(Figure.CPU_ALL) / little.figures().get(Figure.CPU_ALL)));
    }

    private Result result(Volume volume) throws InterruptedException {
        Users users = Users.scattered(volume.prefix(), volume.users());
        // Caches are filled, as they are in a server that runs.
        load(users, time);
        CpuMeter cpu = CpuMeter.start(belfry.parts());
        long events = load(users, time);
        String load = String.format(Locale.ROOT, "%,d events/s of %d recipients", EVENTS_PER_SECOND, RECIPIENTS);
        String what = String.format(
                Locale.ROOT, "beside %,d notifications of %,d users", volume.notifications(), volume.users());
        return Window.withCpu(Result.of("P6", what, load, Figure.CPU_ALL), cpu.read(), events * RECIPIENTS);
    }

    /// @return events that were dispatched
    private long load(Users users, Duration duration) throws InterruptedException {
        Events events = new Events(users, CONNECTIONS, 1, RECIPIENTS);
        try (Requests requests = Requests.open(generator, belfry.address(), belfry.apiKey(), events)) {
            requests.run(duration, EVENTS_PER_SECOND);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (People.number(belfry.database(), "select count(*) from pending_events") > 0) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("events wait after " + PATIENCE);
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return requests.accepted();
        }
    }

    private void empty() throws SQLException {
        try (Connection connection = belfry.database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate events, notifications, inboxes, users, idempotency_keys");
            statement.execute("vacuum analyze");
        }
    }
}
