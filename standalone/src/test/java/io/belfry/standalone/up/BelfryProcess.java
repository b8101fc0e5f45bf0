package io.belfry.standalone.up;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.standalone.BelfryCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `belfry up` as a process of its own, as users run it.
final class BelfryProcess implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final Path info;

    private BelfryProcess(Process process, Path log, Path info) {
        this.process = process;
        this.log = log;
        this.info = info;
    }

    /// The demo on its own servers, with its data in a folder of that directory.
    static BelfryProcess demo(Path scratch) throws IOException {
        return start(
                scratch,
                Map.of(),
                "--port",
                "0",
                "--data",
                scratch.resolve("data").toString());
    }

    /// @param scratch for its log and its info file
    static BelfryProcess start(Path scratch, Map<String, String> environment, String... options) throws IOException {
        Path log = Files.createTempFile(scratch, "belfry", ".log");
        Path info = scratch.resolve(log.getFileName() + ".json");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                BelfryCommand.class.getName(),
                "up",
                "--info",
                info.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BELFRY_"));
        builder.environment().putAll(environment);
        return new BelfryProcess(builder.start(), log, info);
    }

    JsonNode awaitReady() throws IOException {
        await().atMost(60, SECONDS)
                .pollInterval(20, MILLISECONDS)
                .until(() -> Files.exists(info) || !process.isAlive());
        if (!Files.exists(info)) {
            throw new AssertionError("belfry up ended with " + process.exitValue() + ":\n" + output());
        }
        return new ObjectMapper().readTree(info.toFile());
    }

    /// The servers and their guards.
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    int awaitExit(long seconds) throws InterruptedException, IOException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + seconds + " s:\n" + output());
        }
        return process.exitValue();
    }

    void terminate() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
