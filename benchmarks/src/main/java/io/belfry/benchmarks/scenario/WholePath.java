package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.Events;
import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.load.Requests;
import io.belfry.benchmarks.load.Sockets;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BelfryProcess;
import io.belfry.benchmarks.server.BelfrySockets;
import java.time.Duration;
import java.util.Locale;

/// From POST to the sockets of the recipients, through every part of Belfry: rows P1 to P4.
public final class WholePath implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(2);
    private static final int CONNECTIONS = 64;
    private static final int BATCH_CONNECTIONS = 8;
    private static final int BATCH = 100;

    /// Warm is what no longer gets cheaper: a step that costs this share of the best before it, or more, twice running.
    private static final double NO_CHEAPER = 0.95;
    private static final int STEPS_NO_CHEAPER = 2;
    private static final Duration WARM_STEP = Duration.ofSeconds(10);
    private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(3);

    /// Accepted and not delivered: what stands in the lanes stays small, so that the rate is one that lasts.
    private static final long UNDER_WAY = 10_000;

    private final BelfryProcess belfry;
    private final Generator generator;
    private final Users users;
    private final Sockets sockets;
    private final Duration time;

    private WholePath(BelfryProcess belfry, Generator generator, Users users, Sockets sockets, Duration time) {
        this.belfry = belfry;
        this.generator = generator;
        this.users = users;
        this.sockets = sockets;
        this.time = time;
    }

    /// Connects the users.
    ///
    /// @param time for which each scenario is measured
    public static WholePath open(BelfryProcess belfry, Generator generator, int userCount, Duration time)
            throws InterruptedException {
        Users users = new Users("bench-" + Long.toString(System.nanoTime(), 36) + "-", userCount);
        Sockets sockets = Sockets.open(generator, new BelfrySockets(belfry, users), users, CONNECT_PATIENCE);
        return new WholePath(belfry, generator, users, sockets, time);
    }

    /// All that the table tells of it.
    public static void measure(BelfryProcess belfry, Generator generator, int userCount, Duration time, Report report)
            throws InterruptedException {
        try (WholePath path = open(belfry, generator, userCount, time)) {
            path.warmUp();
            report.add(path.steady("P4", 1_000));
            report.add(path.single());
        }
        // Users of its own: those of one event must have had as many before.
        try (WholePath path = open(belfry, generator, userCount, time)) {
            report.add(path.many());
        }
    }

    /// So many single events a second: the latency that a product sees.
    public Result steady(String row, int perSecond) throws InterruptedException {
        Events events = new Events(users, CONNECTIONS, 1, 1);
        try (Requests requests = Requests.open(generator, belfry.address(), belfry.apiKey(), events)) {
            Window window = Window.open(sockets, belfry.parts());
            requests.run(time, perSecond);
            return window.close(Result.of(row, "POST to socket", load(perSecond + " single events/s"), Figure.P99_MS)
                    .with(Figure.ANSWER_P50_MS, requests.millis(50))
                    .with(Figure.ANSWER_P99_MS, requests.millis(99))
                    .with(Figure.EVENTS_PER_S, requests.accepted() / (double) time.toSeconds()));
        }
    }

    /// Single events as fast as they are taken, while they are delivered too.
    private Result single() throws InterruptedException {
        Events events = new Events(users, CONNECTIONS, 1, 1);
        try (Requests requests = Requests.open(generator, belfry.address(), belfry.apiKey(), events)) {
            Window window = Window.open(sockets, belfry.parts());
            requests.run(time, () -> Long.MAX_VALUE);
            double perSecond = requests.accepted() / window.seconds();
            return window.close(
                    Result.of("P3", "single events, delivered too", load("closed loop"), Figure.EVENTS_PER_S)
                            .with(Figure.ANSWER_P50_MS, requests.millis(50))
                            .with(Figure.ANSWER_P99_MS, requests.millis(99))
                            .with(Figure.EVENTS_PER_S, perSecond));
        }
    }

    /// As many notifications as the whole path carries.
    private Result many() throws InterruptedException {
        Events events = new Events(users, BATCH_CONNECTIONS, 1, BATCH);
        try (Requests requests = Requests.open(generator, belfry.address(), belfry.apiKey(), events)) {
            Window window = Window.open(sockets, belfry.parts());
            requests.run(time, () -> UNDER_WAY - (requests.accepted() * BATCH - sockets.arrived()));
            double perSecond = requests.accepted() / window.seconds();
            return window.close(Result.of(
                            "P1",
                            "notifications to sockets",
                            load("events of " + BATCH + " recipients"),
                            Figure.NOTIFICATIONS_PER_S)
                    .with(Figure.EVENTS_PER_S, perSecond));
        }
    }

    /// Until the JVM has compiled what is used, which shows in what an event costs it.
    private void warmUp() throws InterruptedException {
        Events events = new Events(users, CONNECTIONS, 1, 1);
        try (Requests requests = Requests.open(generator, belfry.address(), belfry.apiKey(), events)) {
            long begin = System.nanoTime();
            double best = Double.POSITIVE_INFINITY;
            int noCheaper = 0;
            while (noCheaper < STEPS_NO_CHEAPER && System.nanoTime() - begin < LONGEST_WARM_UP.toNanos()) {
                sockets.forget();
                CpuMeter cpu = CpuMeter.start(belfry.parts());
                requests.run(WARM_STEP, () -> Long.MAX_VALUE);
                sockets.awaitAll(Window.QUIET);
                double cost = cpu.read().seconds().getOrDefault(CpuMeter.Part.JVM, 0.0) / requests.accepted();
                noCheaper = cost >= best * NO_CHEAPER ? noCheaper + 1 : 0;
                best = Math.min(best, cost);
            }
        }
    }

    private String load(String how) {
        return String.format(Locale.ROOT, "%,d sockets, %s, %d s", sockets.count(), how, time.toSeconds());
    }

    @Override
    public void close() {
        sockets.close();
    }
}
