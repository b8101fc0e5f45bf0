package io.belfry.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The browser of the system's packages, which tests drive.
public final class ChromiumProgram {
    private ChromiumProgram() {}

    /// @throws IllegalStateException when none is on the PATH
    public static Path path() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no Chromium on the PATH (expected: the package chromium)"));
    }
}
