package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// The random password of a server, kept beside its data so that addresses stay the same across restarts.
final class Password {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Password() {}

    static Path file(Path directory) {
        return directory.resolve("password");
    }

    /// Reads the password, or makes one. The file is complete or not there, and only for its owner.
    static String keptIn(Path directory) throws IOException {
        Path file = file(directory);
        if (!Files.exists(file)) {
            byte[] secret = new byte[16];
            RANDOM.nextBytes(secret);
            Path unfinished = Files.createTempFile(
                    directory,
                    "password",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, HexFormat.of().formatHex(secret) + "\n");
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }
}
