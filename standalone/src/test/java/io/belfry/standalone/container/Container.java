package io.belfry.standalone.container;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;

/// A process of the image, without the container around it. What the compose file leaves to the container, the port, is
/// chosen by the system here.
final class Container implements AutoCloseable {
    private final Process process;
    private final Image image;
    private final Path log;
    private final Path info;

    private Container(Process process, Image image, Path log, Path info) {
        this.process = process;
        this.image = image;
        this.log = log;
        this.info = info;
    }

    static Container run(Image image, String name, Map<String, String> environment, List<String> arguments)
            throws IOException {
        Path log = image.directory().resolve(name + ".log");
        Path info = image.directory().resolve(name + ".json");
        List<String> command = new ArrayList<>(List.of(image.entrypoint()));
        command.addAll(arguments);
        if (arguments.getFirst().equals("up")) {
            command.addAll(List.of("--port", "0", "--host", "127.0.0.1", "--info", info.toString()));
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Several start at once here: without the optimising compiler each takes half the time.
        builder.environment().put("BELFRY_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(environment);
        return new Container(builder.start(), image, log, info);
    }

    /// As `depends_on: service_completed_successfully` does.
    String awaitSuccess() throws IOException, InterruptedException {
        if (!process.waitFor(300, SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("no success:\n" + output());
        }
        return output();
    }

    /// As `depends_on: service_healthy` does, by the image's own health check.
    ///
    /// @return its address
    String awaitHealthy() throws IOException {
        try {
            await().atMost(300, SECONDS)
                    .pollInterval(50, MILLISECONDS)
                    .until(() -> Files.exists(info) || !process.isAlive());
            String url = new ObjectMapper().readTree(info.toFile()).path("url").asText();
            await().atMost(30, SECONDS).until(() -> isHealthy(url));
            return url;
        } catch (IOException | ConditionTimeoutException failure) {
            throw new AssertionError((process.isAlive() ? "runs, but:\n" : "has ended:\n") + output(), failure);
        }
    }

    boolean isHealthy(String url) throws IOException, InterruptedException {
        ProcessBuilder check = new ProcessBuilder(image.healthcheck())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        check.environment().put("BELFRY_PORT", Integer.toString(URI.create(url).getPort()));
        return check.start().waitFor() == 0;
    }

    /// As Docker stops a container.
    ///
    /// @return its exit status
    int stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, SECONDS)) {
            throw new AssertionError("still running 30 s after SIGTERM:\n" + output());
        }
        return process.exitValue();
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
