package io.belfry.dispatcher.failpoint;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A dispatcher as a process of its own, to be killed.
final class CrashingDispatcher implements AutoCloseable {
    private final Process process;
    private final Path log;

    private CrashingDispatcher(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// @param scratch for its log
    /// @param settings as `name=value`
    static CrashingDispatcher start(Path scratch, TestDatabase database, String redisUrl, List<String> settings)
            throws IOException {
        Path log = Files.createTempFile(scratch, "dispatcher", ".log");
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingDispatcher.class.getName(),
                database.jdbcUrl(),
                database.user(),
                database.password(),
                redisUrl));
        command.addAll(settings);
        return new CrashingDispatcher(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
    }

    /// Arguments: the database's address, user and password, Redis's address, settings.
    public static void main(String[] args) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>();
        for (String setting : List.of(args).subList(4, args.length)) {
            String[] parts = setting.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        try (DispatcherNode _ = DispatcherNode.start(new TestDatabase(args[0], args[1], args[2]), args[3], settings)) {
            Thread.currentThread().join();
        }
    }

    void awaitReached(Failpoint point) {
        String line = "Failpoint " + point + " is reached";
        await(line).atMost(60, SECONDS).pollInterval(20, MILLISECONDS).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("it ended with " + process.exitValue() + ":\n" + Files.readString(log));
            }
            return Files.readString(log).contains(line);
        });
    }

    /// Without any chance to tidy up: SIGKILL.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    Optional<Integer> exit() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
