package io.belfry.testkit.centrifuge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The Node project of the client, with its packages installed from the lock file. Lies under `target`, and is made
/// once for each state of the lock file; builds that run at the same time wait for one another.
final class NodeProject {
    private static final Map<String, String> FILES = Map.of(
            "package.json", "package.json",
            "package-lock.json", "package-lock.json",
            "npmrc", ".npmrc",
            "client.mjs", "client.mjs");
    private static final long INSTALL_SECONDS = 120;

    private NodeProject() {}

    /// @return the directory that holds `client.mjs` and `node_modules`
    /// @throws IllegalStateException when npm is missing or fails; the message holds its words
    static synchronized Path directory() throws IOException, InterruptedException {
        Path home = Path.of("target", "centrifuge-client").toAbsolutePath();
        Files.createDirectories(home);
        try (FileChannel file =
                        FileChannel.open(home.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            for (Map.Entry<String, String> entry : FILES.entrySet()) {
                try (InputStream in = NodeProject.class.getResourceAsStream(entry.getKey())) {
                    Files.copy(in, home.resolve(entry.getValue()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Path installed = home.resolve("installed.json");
            Path wanted = home.resolve("package-lock.json");
            if (!Files.exists(installed) || Files.mismatch(installed, wanted) >= 0) {
                install(home);
                Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return home;
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
