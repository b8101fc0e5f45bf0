package io.belfry.benchmarks;

import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.machine.Machine;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.scenario.Broadcasts;
import io.belfry.benchmarks.scenario.GatewayAlone;
import io.belfry.benchmarks.scenario.Growth;
import io.belfry.benchmarks.scenario.LargeAudience;
import io.belfry.benchmarks.scenario.Pushes;
import io.belfry.benchmarks.scenario.Smoke;
import io.belfry.benchmarks.scenario.Starts;
import io.belfry.benchmarks.scenario.Subject;
import io.belfry.benchmarks.scenario.Volume;
import io.belfry.benchmarks.scenario.WholePath;
import io.belfry.benchmarks.server.BelfryProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures Belfry on this machine: starts it as users do, with servers of its own on fresh data, puts load on it over
/// the loopback interface, and prints one table.
@Command(
        name = "belfry bench",
        header = "Measures Belfry on this machine.",
        description = {
            "",
            "Each group starts Belfry anew, on fresh data that is removed afterwards, and reaches it over the loopback"
                    + " interface only. With repeats, groups take turns. The table shows the median of the repeats, the"
                    + " least and the most.",
            "",
            "Groups:",
            "  path     POST to socket through all parts (P1 to P4)",
            "  gateway  the gateway role beside a bare Netty server: memory, connects, CPU (G1, G3 to G6)",
            "  crowd    one event to a topic of 100,000 followers (P5)",
            "  push     20,000 people away, each with a phone (P10)",
            "  shout    a broadcast to all who are connected (P7)",
            "  growth   the same load beside 10 thousand and beside 10 million notifications (P6); some minutes",
            "  start    time to start, and memory when idle (P8, P9)",
            "  smoke    a few seconds of load on a Belfry that runs; fails when anything is lost"
        },
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    /// What is measured together.
    enum Group {
        PATH,
        GATEWAY,
        CROWD,
        PUSH,
        SHOUT,
        GROWTH,
        START,
        SMOKE
    }

    private static final int FOLLOWERS = 100_000;
    private static final int PUSHES = 20_000;
    private static final Volume FEW = new Volume("few-", 10_000, 1_000);
    private static final Volume MANY = new Volume("many-", 10_000_000, 1_000_000);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "GROUP", description = "What to measure: ${COMPLETION-CANDIDATES} (default: path, start).")
    private List<Group> groups;

    @Option(names = "--repeat", defaultValue = "3", description = "How often (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--seconds", defaultValue = "10", description = "For how long each (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--sockets", defaultValue = "1000", description = "Connected users (default: ${DEFAULT-VALUE}).")
    private int sockets;

    @Option(
            names = "--connections",
            defaultValue = "10000",
            description = "Sockets of the groups gateway and shout, up to 19000 (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes every figure of every run to FILE.")
    private Path json;

    @Option(
            names = "--demo",
            paramLabel = "DIR",
            defaultValue = ".belfry",
            description = "Data directory of the running demo that smoke is for (default: ${DEFAULT-VALUE}).")
    private Path demo;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Set<Group> wanted = groups == null ? EnumSet.of(Group.PATH, Group.START) : EnumSet.copyOf(groups);
        Path home = Path.of(System.getProperty("belfry.home", "."));
        Path scratch = Files.createTempDirectory("belfry-bench-");
        Report report = new Report();
        try (Generator generator = new Generator()) {
            for (int run = 0; run < repeat; run++) {
                for (Group group : wanted) {
                    say("run " + (run + 1) + " of " + repeat + ": " + group);
                    measure(group, new Subject(home, scratch.resolve(group + "-" + run)), generator, report);
                }
            }
        } finally {
            remove(scratch);
        }
        Machine machine = Machine.here();
        report.print(machine, spec.commandLine().getOut());
        if (json != null) {
            report.write(machine, json);
        }
        return report.isFaulty() ? 1 : 0;
    }

    private void measure(Group group, Subject subject, Generator generator, Report report)
            throws IOException, InterruptedException, SQLException {
        Duration time = Duration.ofSeconds(seconds);
        switch (group) {
            case PATH -> {
                try (BelfryProcess belfry = subject.standalone(Map.of())) {
                    WholePath.measure(belfry, generator, sockets, time, report);
                }
            }
            case GATEWAY -> new GatewayAlone(subject, generator, connections, time).measure(report);
            case CROWD -> {
                try (BelfryProcess belfry = subject.standalone(Map.of())) {
                    LargeAudience.measure(belfry, FOLLOWERS, report);
                }
            }
            case PUSH -> new Pushes(subject, PUSHES).measure(report);
            case SHOUT -> {
                try (BelfryProcess belfry = subject.standalone(Map.of())) {
                    Broadcasts.measure(belfry, generator, connections, report);
                }
            }
            case GROWTH -> {
                try (BelfryProcess belfry = subject.standalone(Map.of())) {
                    new Growth(belfry, generator, time).measure(FEW, MANY, report);
                }
            }
            case START -> new Starts(subject).measure(report);
            case SMOKE -> report.add(Smoke.measure(BelfryProcess.running(demo), generator));
        }
    }

    private void say(String progress) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(progress);
        err.flush();
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
