package io.belfry.standalone.up;

import io.belfry.standalone.settings.WrongSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A certificate and its key, in PEM, with which the HTTP server speaks TLS. Both are read again while it runs, so
/// that a renewed certificate needs no restart: new connections get it, open ones go on.
///
/// @param certificate may hold those of the authorities above it, too
record Tls(Path certificate, Path key) {
    private static final String NAME = "belfry";
    private static final Duration REFRESH = Duration.ofMinutes(1);

    /// @param certificate or null
    /// @param key or null
    /// @return empty when neither is given
    /// @throws WrongSettings when one is missing, or cannot be read
    static Optional<Tls> of(Path certificate, Path key) {
        if (certificate == null && key == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw new WrongSettings("TLS needs both a certificate and its key"
                    + " (expected: --tls-certificate FILE --tls-key FILE, both in PEM)");
        }
        for (Path file : new Path[] {certificate, key}) {
            if (!Files.isReadable(file)) {
                throw new WrongSettings(file + " cannot be read (expected: a file in PEM)");
            }
        }
        return Optional.of(new Tls(certificate, key));
    }

    /// @param port for TLS alone; -1 for any
    Map<String, Object> settings(int port) {
        String file = "micronaut.certificate.file." + NAME + ".";
        return Map.of(
                "micronaut.server.ssl.enabled",
                true,
                "micronaut.server.ssl.port",
                port,
                "micronaut.server.ssl.key-name",
                NAME,
                file + "format",
                "pem",
                file + "path",
                key.toString(),
                file + "certificate-path",
                certificate.toString(),
                file + "refresh-mode",
                // Looking at the time of a file misses one that is swapped by a link, as secrets of Kubernetes are.
                "scheduler",
                file + "refresh-interval",
                REFRESH);
    }
}
