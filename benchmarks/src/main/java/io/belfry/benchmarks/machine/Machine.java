package io.belfry.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/// What a session ran on, in one line.
public record Machine(String text) {
    public static Machine here() {
        String cpu = first("/proc/cpuinfo", "model name");
        long kilobytes = Long.parseLong(first("/proc/meminfo", "MemTotal").replaceAll("\\D", ""));
        return new Machine(String.format(
                Locale.ROOT,
                "%s: %d × %s, %d GiB, Linux %s, JDK %s; load generator and servers on the same machine, loopback",
                LocalDate.now(java.time.ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                cpu,
                Math.round(kilobytes / 1024.0 / 1024),
                System.getProperty("os.version"),
                Runtime.version()));
    }

    private static String first(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.replaceFirst("[^:]*:\\s*", "").strip())
                    .findFirst()
                    .orElse("0");
        } catch (IOException e) {
            throw new IllegalStateException("the runner reads /proc, which only Linux has", e);
        }
    }
}
