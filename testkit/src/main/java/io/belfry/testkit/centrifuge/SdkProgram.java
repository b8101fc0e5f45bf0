package io.belfry.testkit.centrifuge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.testkit.node.NodeProject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A process that hosts an SDK and obeys lines of JSON: `begin` makes a client, `end` lets go of it. One client at a
/// time.
final class SdkProgram {
    private static final NodeProject PROJECT =
            new NodeProject(CentrifugeClient.class, "centrifuge-client", List.of("client.mjs"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> command;
    private final Process process;
    private final Writer lines;
    private volatile Consumer<JsonNode> listener = event -> {};
    private volatile Runnable gone = () -> {};

    private SdkProgram(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.lines = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("sdk-program-" + process.pid()).start(this::read);
    }

    static SdkProgram start(List<String> command) {
        return start(command, Map.of());
    }

    /// @param command empty for the testkit's own, on Node
    static SdkProgram start(List<String> command, Map<String, String> environment) {
        try {
            var builder = new ProcessBuilder(command.isEmpty() ? List.of("node", "client.mjs") : command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            if (command.isEmpty()) {
                builder.directory(PROJECT.directory().toFile());
            }
            return new SdkProgram(command, builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an SDK starts", interrupted);
        }
    }

    List<String> command() {
        return command;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// @param told of every event
    /// @param ended called when the process is gone
    void listen(Consumer<JsonNode> told, Runnable ended) {
        listener = told;
        gone = ended;
    }

    void send(JsonNode line) {
        try {
            synchronized (lines) {
                lines.write(line + "\n");
                lines.flush();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private void read() {
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                listener.accept(JSON.readTree(line));
            }
        } catch (IOException ended) {
            // The process is gone.
        } finally {
            gone.run();
        }
    }
}
