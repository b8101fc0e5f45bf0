package io.belfry.testkit.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A small Node project of a test, with its packages installed from the lock file. Lies under `target`, and is made
/// once for each state of the lock file; builds that run at the same time wait for one another.
///
/// @param near the class beside which its files are: `package.json`, `package-lock.json`, `npmrc`
/// @param name of its directory under `target`
/// @param programs its other files
public record NodeProject(Class<?> near, String name, List<String> programs) {
    private static final Object ONE_AT_A_TIME = new Object();
    private static final long INSTALL_SECONDS = 120;

    /// @return the directory that holds the programs and `node_modules`
    /// @throws IllegalStateException when npm is missing or fails; the message holds its words
    public Path directory() throws IOException, InterruptedException {
        Path home = Path.of("target", name).toAbsolutePath();
        Files.createDirectories(home);
        synchronized (ONE_AT_A_TIME) {
            try (FileChannel file = FileChannel.open(
                            home.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = file.lock()) {
                copy(home);
                Path installed = home.resolve("installed.json");
                Path wanted = home.resolve("package-lock.json");
                if (!Files.exists(installed) || Files.mismatch(installed, wanted) >= 0) {
                    install(home);
                    Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return home;
    }

    private void copy(Path home) throws IOException {
        var files = new ArrayList<>(List.of("package.json", "package-lock.json", "npmrc"));
        files.addAll(programs);
        for (String file : files) {
            try (InputStream in = near.getResourceAsStream(file)) {
                Path target = home.resolve(file.equals("npmrc") ? ".npmrc" : file);
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void install(Path home) throws IOException, InterruptedException {
        Path log = home.resolve("npm.log");
        Process npm = new ProcessBuilder("npm", "ci", "--prefer-offline")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
            npm.destroyForcibly();
            throw new IllegalStateException("npm ci did not end within " + INSTALL_SECONDS + " s");
        }
        if (npm.exitValue() != 0) {
            throw new IllegalStateException("npm ci failed:\n" + Files.readString(log));
        }
    }
}
