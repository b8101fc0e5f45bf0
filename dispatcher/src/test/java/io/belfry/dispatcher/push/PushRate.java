package io.belfry.dispatcher.push;

import static org.awaitility.Awaitility.await;

import io.belfry.core.event.Priority;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/// Measures how fast due pushes go out: each to a user of its own, through a simulator that answers after 50 ms.
/// Several rounds, since the first ones warm up. Prints pushes a second and the CPU time of this process, simulator
/// included.
///
/// `PushRate [pushes]`, 20,000 by default.
final class PushRate {
    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final int ROUNDS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private PushRate() {}

    public static void main(String... arguments) {
        int pushes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        TestDatabase database = PostgresExtension.newDatabase("PushRate");
        try (FcmSimulator simulator = new FcmSimulator(0);
                DispatcherNode node = DispatcherNode.start(
                        database,
                        RedisExtension.server().url(),
                        Map.of("belfry.push.endpoint", simulator.url(), "belfry.push.project-id", "rate"))) {
            simulator.latency(LATENCY);
            for (int round = 1; round <= ROUNDS; round++) {
                run(node.bean(Jdbi.class), simulator, "round-" + round, pushes);
            }
        }
        System.exit(0);
    }

    private static void run(Jdbi jdbi, FcmSimulator simulator, String name, int pushes) {
        PlannedPushes planned = new PlannedPushes(jdbi);
        planned.due(name, pushes, 1, Priority.NORMAL);
        long before = simulator.accepted();
        long cpu = processCpuNanos();
        long start = System.nanoTime();
        await().alias("all pushes have gone out")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> simulator.accepted() - before >= pushes && planned.left() == 0);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%s: %,d pushes in %.2f s, %,.0f/s, %.3f ms CPU each, %d requests%n",
                name,
                pushes,
                seconds,
                pushes / seconds,
                (processCpuNanos() - cpu) / 1e6 / pushes,
                simulator.accepted() - before);
    }

    private static long processCpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
