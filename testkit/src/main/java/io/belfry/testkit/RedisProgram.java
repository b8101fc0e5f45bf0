package io.belfry.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Finds a `redis-server` program that runs here.
final class RedisProgram {
    private RedisProgram() {}

    /// The embedded one, or the system's: the embedded one needs a recent OpenSSL.
    ///
    /// @param directory the server's own
    /// @throws IllegalStateException when neither runs
    static Path embedded(Path directory) throws IOException {
        ServerUser self = new ServerUser(List.of(), null);
        for (ServerBinaries cache : ServerBinaries.candidates(directory)) {
            if (cache.serves(self)) {
                Path embedded = cache.redis();
                if (runs(embedded)) {
                    return embedded;
                }
                break;
            }
        }
        return ofSystem()
                .orElseThrow(() -> new IllegalStateException("the embedded Redis does not run here (it needs OpenSSL 3)"
                        + " and there is no redis-server on the PATH: install the package redis-server"));
    }

    static Optional<Path> ofSystem() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .filter(directory -> !directory.isBlank())
                .map(directory -> Path.of(directory, "redis-server"))
                .filter(Files::isExecutable)
                .filter(RedisProgram::runs)
                .findFirst();
    }

    private static boolean runs(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notRunnable) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
