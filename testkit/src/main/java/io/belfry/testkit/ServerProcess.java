package io.belfry.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A server as a child process that does not outlive this JVM.
///
/// It leads a session of its own, so that Ctrl-C in a terminal reaches only Belfry, which drains before it stops
/// its servers. A guard (a small shell that waits on a pipe from this JVM) stops the server when the JVM is gone
/// without having done so: the kernel closes the pipe even after a kill -9.
final class ServerProcess {
    /// Arguments: the signal that stops the server, and a directory to delete then, or nothing.
    private static final String GUARD = """
            trap '' HUP INT TERM
            read -r pid || exit 0
            read -r word && [ "$word" = dismissed ] && exit 0
            kill -s "$1" "$pid" 2>/dev/null
            tries=0
            while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
            kill -s KILL "$pid" 2>/dev/null
            [ -z "$2" ] || rm -rf -- "$2"
            """;

    private static final long LOG_LIMIT_BYTES = 8L << 20;

    private final Process process;
    private final OutputStream guard;
    private final Path log;
    private final StopSignals signals;

    /// The signals that stop a server, from the polite one to the last but KILL.
    record StopSignals(String first, String second) {}

    private ServerProcess(Process process, OutputStream guard, Path log, StopSignals signals) {
        this.process = process;
        this.guard = guard;
        this.log = log;
        this.signals = signals;
    }

    /// @param log takes what the server writes; one older generation of it is kept
    /// @param discard deleted by the guard once the server is stopped; null keeps everything
    static ServerProcess start(List<String> command, Path log, StopSignals signals, Path discard) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        Process guard = detached(List.of(
                        "sh", "-c", GUARD, "belfry-guard", signals.first(), discard == null ? "" : discard.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            ProcessBuilder builder = detached(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            clean(builder.environment());
            Process process = builder.start();
            process.getOutputStream().close();
            OutputStream pipe = guard.getOutputStream();
            pipe.write((process.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
            return new ServerProcess(process, pipe, log, signals);
        } catch (IOException failure) {
            guard.destroyForcibly();
            throw failure;
        }
    }

    private static ProcessBuilder detached(List<String> command) {
        List<String> all = new ArrayList<>();
        // util-linux has it everywhere; without it (macOS) Ctrl-C reaches the server too, which then stops early.
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
            all.add("setsid");
        }
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    /// PGPORT, PGDATA and their like are for clients of the user's own servers.
    private static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
    }

    long pid() {
        return process.pid();
    }

    CompletableFuture<?> onExit() {
        return process.onExit();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// Sends a signal to the server and, unless it only asks to stop, to its own children.
    void signal(String name) {
        List<Long> pids = new ArrayList<>();
        pids.add(process.pid());
        process.descendants().map(ProcessHandle::pid).forEach(pids::add);
        send(name, pids);
    }

    /// Kills the server as a crash would.
    void kill() throws InterruptedException {
        signal("KILL");
        process.waitFor();
        dismissGuard();
    }

    /// Stops the server: politely for two thirds of the time, firmly for the rest, then by force.
    void stop(Duration patience) {
        try {
            send(signals.first(), List.of(process.pid()));
            if (!process.waitFor(patience.toMillis() * 2 / 3, TimeUnit.MILLISECONDS)) {
                send(signals.second(), List.of(process.pid()));
                if (!process.waitFor(patience.toMillis() / 3, TimeUnit.MILLISECONDS)) {
                    kill();
                }
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            dismissGuard();
        }
    }

    private void dismissGuard() {
        try (guard) {
            guard.write("dismissed\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException alreadyGone) {
            // Closed twice, or somebody killed the guard: nothing is left for it to do.
        }
    }

    /// The end of what the server wrote, for messages.
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
        } catch (IOException unreadable) {
            return "(no log: " + unreadable.getMessage() + ")";
        }
    }

    static void send(String signal, List<Long> pids) {
        // The shell's own kill: small images lack the program.
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" \"$@\"", signal));
        pids.forEach(pid -> command.add(pid.toString()));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException("cannot run kill", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
