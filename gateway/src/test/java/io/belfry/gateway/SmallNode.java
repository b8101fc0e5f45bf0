package io.belfry.gateway;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// A gateway in a process of its own with little memory, which ends at once when that is not enough.
final class SmallNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String READY = "ready at ";

    private final Process process;
    private final Path log;
    private final int port;

    /// @param log gets what the process says
    SmallNode(int heapMegabytes, Map<String, Object> settings, Path log) throws IOException {
        this.log = log;
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heapMegabytes + "m",
                        "-XX:MaxDirectMemorySize=" + heapMegabytes + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallNode.class.getName(),
                        JSON.writeValueAsString(settings))
                .redirectError(log.toFile())
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith(READY)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("it did not start: " + Files.readString(log));
        }
        port = Integer.parseInt(line.substring(READY.length()));
        Thread.ofVirtual().name("small-node").start(() -> out.lines().forEach(this::note));
    }

    private void note(String line) {
        try {
            Files.writeString(log, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> settings = JSON.readValue(arguments[0], new TypeReference<>() {});
        ApplicationContext context = ApplicationContext.run(settings, "gateway");
        EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
        System.out.println(READY + server.getPort());
        // Until whoever started it is gone.
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Everything that it logged.
    List<String> log() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What of its memory is in RAM, in megabytes.
    long residentMegabytes() {
        try (var status = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Without a goodbye to anybody.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
