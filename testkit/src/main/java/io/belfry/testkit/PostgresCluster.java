package io.belfry.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL data directory: making it, clearing what a crash left in it, and launching a server on it.
final class PostgresCluster {
    static final String LOG = "postgres.log";

    private static final String MAJOR = "18";
    private static final Duration ORPHAN_PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);

    /// The line of postmaster.pid that tells the state, as pg_ctl reads it.
    private static final int STATUS_LINE = 7;

    private final Path directory;
    private final Path data;
    private final Path pidFile;
    private final Path passwordFile;
    private final Path programs;
    private final ServerUser user;

    /// @param directory the server's home, absolute, with the data below it
    /// @param programs where `postgres` and `initdb` are
    PostgresCluster(Path directory, Path programs, ServerUser user) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.pidFile = data.resolve("postmaster.pid");
        this.passwordFile = Password.file(directory);
        this.programs = programs;
        this.user = user;
    }

    /// @throws IllegalStateException when the data is of another major version
    boolean exists() throws IOException {
        Path version = data.resolve("PG_VERSION");
        if (!Files.exists(version)) {
            return false;
        }
        String found = Files.readString(version).strip();
        if (!found.equals(MAJOR)) {
            throw new IllegalStateException(
                    data + " was made by PostgreSQL " + found + " (expected: " + MAJOR + "); dump and reload it");
        }
        if (!Files.exists(passwordFile)) {
            throw new IllegalStateException(data + " is there without its password (expected: " + passwordFile + ")");
        }
        return true;
    }

    String password() throws IOException {
        return Password.keptIn(directory);
    }

    /// Makes the data directory under another name and moves it into place, so that one that is there is complete.
    void create(String superuser, String database) throws IOException {
        Path unfinished = directory.resolve("data.new");
        ServerBinaries.deleteRecursively(unfinished);
        Password.keptIn(directory);
        if (user.owner() != null) {
            Files.setOwner(passwordFile, user.owner());
        }
        run(
                "",
                List.of(
                        programs.resolve("initdb").toString(),
                        "--pgdata=" + unfinished,
                        "--username=" + superuser,
                        "--pwfile=" + passwordFile,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        // Sorts the same on every machine, and fast.
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--locale=C",
                        "--no-instructions",
                        "--no-sync"));
        run(
                "CREATE DATABASE " + database + ";\n",
                List.of(programs.resolve("postgres").toString(), "--single", "-D", unfinished.toString(), "postgres"));
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void run(String input, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(user.command(command)).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        command.getFirst() + " ended with status " + process.exitValue() + ":\n" + output.strip());
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " runs", interrupted);
        }
    }

    /// Stops a server of an earlier run on this data. PostgreSQL itself checks the pid file that a crash left, and
    /// waits for workers that outlived their server; it is only helped where it would refuse to start: when the
    /// pid has been given to something else since, or the file is no such file.
    void stopOrphan(ServerProcess.StopSignals signals) throws IOException {
        List<String> lines = pidFile();
        if (lines.isEmpty() || !lines.getFirst().strip().matches("[1-9][0-9]{0,8}")) {
            Files.deleteIfExists(pidFile);
            return;
        }
        long pid = Long.parseLong(lines.getFirst().strip());
        Optional<Orphan> orphan = Orphan.find(pid, "postgres", data);
        if (orphan.isPresent()) {
            orphan.get().stop(signals, ORPHAN_PATIENCE);
        } else if (ProcessHandle.of(pid).isPresent()) {
            // PostgreSQL knows that its parent is no server, and checks the rest of the file.
            List<String> ours = new ArrayList<>(lines);
            ours.set(0, Long.toString(ProcessHandle.current().pid()));
            Files.write(pidFile, ours);
        }
    }

    private List<String> pidFile() {
        try {
            return Files.readAllLines(pidFile);
        } catch (IOException none) {
            return List.of();
        }
    }

    /// @throws IllegalStateException when the server does not get ready, with the end of its log
    ServerProcess launch(
            int port,
            Map<String, String> settings,
            ServerProcess.StopSignals signals,
            boolean discard,
            Duration patience)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", Integer.toString(port)));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        Path log = directory.resolve(LOG);
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            ServerProcess process =
                    ServerProcess.start(user.command(command), log, signals, discard ? directory : null);
            if (becomesReady(process, deadline)) {
                return process;
            }
            String words = process.lastWords();
            process.stop(Duration.ZERO);
            // Workers of a killed server need a moment to notice, and hold its memory until then.
            boolean dying = words.contains("pre-existing shared memory block");
            if (!dying || System.nanoTime() > deadline) {
                throw new IllegalStateException("PostgreSQL does not start in " + directory + ":\n" + words);
            }
        }
    }

    private boolean becomesReady(ServerProcess process, long deadline) throws IOException {
        String pid = Long.toString(process.pid());
        while (process.alive() && System.nanoTime() < deadline) {
            List<String> lines = pidFile();
            if (lines.size() > STATUS_LINE
                    && lines.getFirst().strip().equals(pid)
                    && lines.get(STATUS_LINE).strip().equals("ready")) {
                return true;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            } catch (InterruptedException interrupted) {
                process.stop(Duration.ZERO);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while PostgreSQL starts", interrupted);
            }
        }
        return false;
    }
}
