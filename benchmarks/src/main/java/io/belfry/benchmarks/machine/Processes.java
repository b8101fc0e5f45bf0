package io.belfry.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What some processes of this machine use, read from Linux' `/proc`.
public final class Processes {
    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_USER_TIME = 13;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    private Processes() {}

    /// CPU seconds of one process so far.
    public static double cpuSeconds(long pid) {
        return fields(pid, USER_TIME, SYSTEM_TIME) / TICKS_PER_SECOND;
    }

    /// CPU seconds of a process and of its children, those that ended included, as PostgreSQL needs it.
    public static double cpuSecondsOfTree(long pid) {
        double own = fields(pid, USER_TIME, SYSTEM_TIME, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME) / TICKS_PER_SECOND;
        return own + children(pid).stream().mapToDouble(Processes::cpuSeconds).sum();
    }

    private static List<Long> children(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
    }

    /// The process of that name among those that a process started: the one that started the others of that name.
    public static long descendant(long pid, String name) {
        try (Stream<ProcessHandle> all = ProcessHandle.of(pid).orElseThrow().descendants()) {
            return all.filter(process -> isCalled(process, name))
                    .filter(process -> process.parent()
                            .filter(parent -> isCalled(parent, name))
                            .isEmpty())
                    .map(ProcessHandle::pid)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("process " + pid + " has no child " + name));
        }
    }

    private static boolean isCalled(ProcessHandle process, String name) {
        return read(PROC.resolve(process.pid() + "/comm")).strip().equals(name);
    }

    /// Bytes of memory: its own, and its part of what it shares.
    public static long proportionalBytes(long pid) {
        return 1024
                * read(PROC.resolve(pid + "/smaps_rollup"))
                        .lines()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0);
    }

    /// Bytes of memory in the way of `ps`.
    public static long residentBytes(long pid) {
        return 1024
                * read(PROC.resolve(pid + "/status"))
                        .lines()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0);
    }

    /// CPU seconds that all processes of the machine used, and the kernel for them.
    static double cpuSecondsOfMachine() {
        String[] all =
                read(PROC.resolve("stat")).lines().findFirst().orElseThrow().split(" +");
        double busy = 0;
        // user nice system idle iowait irq softirq steal
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            busy += Double.parseDouble(all[i]);
        }
        return busy / TICKS_PER_SECOND;
    }

    private static double fields(long pid, int... numbers) {
        String stat = read(PROC.resolve(pid + "/stat"));
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        double sum = 0;
        for (int number : numbers) {
            sum += Double.parseDouble(fields[number]);
        }
        return sum;
    }

    /// A process may end at any time: then there is nothing.
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
