package io.belfry.testkit.centrifuge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// SDKs in processes that stay when their client ends, for the next one: to start a process takes longer than most
/// of what is tested with it. Safe for use by several threads.
public final class SdkPrograms implements AutoCloseable {
    private final Map<List<String>, Deque<SdkProgram>> idle = new HashMap<>();

    SdkProgram take(List<String> command) {
        synchronized (idle) {
            Deque<SdkProgram> free = idle.get(command);
            if (free != null && !free.isEmpty()) {
                return free.poll();
            }
        }
        return SdkProgram.start(command);
    }

    /// The client of that program has ended.
    void giveBack(SdkProgram program) {
        synchronized (idle) {
            idle.computeIfAbsent(program.command(), command -> new ArrayDeque<>())
                    .add(program);
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.values().forEach(programs -> programs.forEach(SdkProgram::kill));
            idle.clear();
        }
    }
}
