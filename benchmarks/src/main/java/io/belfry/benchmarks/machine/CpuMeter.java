package io.belfry.benchmarks.machine;

import java.util.EnumMap;
import java.util.Map;

/// CPU seconds of the processes of a run, and of everybody else on the machine meanwhile, which tells how far the
/// figures can be trusted.
public final class CpuMeter {
    /// The processes whose use is told apart.
    public enum Part {
        JVM,
        POSTGRES,
        REDIS
    }

    private final Map<Part, Long> processes;
    private final Map<Part, Double> before = new EnumMap<>(Part.class);
    private final double machineBefore;
    private final double selfBefore;
    private final long beganNanos = System.nanoTime();

    private CpuMeter(Map<Part, Long> processes) {
        this.processes = processes;
        processes.forEach((part, pid) -> before.put(part, cpu(part, pid)));
        this.selfBefore = Processes.cpuSeconds(ProcessHandle.current().pid());
        this.machineBefore = Processes.cpuSecondsOfMachine();
    }

    /// @param processes by their pids; PostgreSQL's counts with its children
    public static CpuMeter start(Map<Part, Long> processes) {
        return new CpuMeter(processes);
    }

    /// @param seconds CPU seconds of each process
    /// @param foreign what share of the machine's time went to processes that are no part of the run, 0 to 1
    public record Reading(Map<Part, Double> seconds, double foreign) {}

    public Reading read() {
        double machine = Processes.cpuSecondsOfMachine() - machineBefore;
        double own = Processes.cpuSeconds(ProcessHandle.current().pid()) - selfBefore;
        var seconds = new EnumMap<Part, Double>(Part.class);
        for (Map.Entry<Part, Long> process : processes.entrySet()) {
            double used = cpu(process.getKey(), process.getValue()) - before.get(process.getKey());
            seconds.put(process.getKey(), used);
            own += used;
        }
        double available =
                (System.nanoTime() - beganNanos) / 1e9 * Runtime.getRuntime().availableProcessors();
        return new Reading(seconds, Math.clamp((machine - own) / available, 0, 1));
    }

    private static double cpu(Part part, long pid) {
        return part == Part.POSTGRES ? Processes.cpuSecondsOfTree(pid) : Processes.cpuSeconds(pid);
    }
}
