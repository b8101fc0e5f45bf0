package io.belfry.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/// Unpacks the servers' programs from the class path, once a machine and version, into a cache directory that all
/// later runs share. Safe with several JVMs at once: what is there is complete.
final class ServerBinaries {
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path cache;

    /// @param cache where to unpack to; created when it is not there
    ServerBinaries(Path cache) {
        this.cache = cache;
    }

    /// Where programs may be unpacked to, the best first: what `BELFRY_CACHE` says and nothing else; or the user's
    /// cache, for root the system's, and at last the server's own directory, for users without a home.
    static List<ServerBinaries> candidates(Path directory) {
        String own = System.getenv("BELFRY_CACHE");
        if (own != null && !own.isBlank()) {
            return List.of(new ServerBinaries(Path.of(own).toAbsolutePath()));
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path ofUser =
                xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        List<ServerBinaries> candidates = new ArrayList<>();
        candidates.add(new ServerBinaries(ofUser.resolve("belfry")));
        if (System.getProperty("user.name").equals("root")) {
            candidates.add(new ServerBinaries(Path.of("/var/cache/belfry")));
        }
        candidates.add(new ServerBinaries(directory.resolve("programs")));
        return candidates;
    }

    /// Whether this cache can be used, and by that user.
    boolean serves(ServerUser user) {
        try {
            Files.createDirectories(cache);
        } catch (IOException notAllowed) {
            return false;
        }
        return Files.isWritable(cache) && user.canEnter(cache);
    }

    @Override
    public String toString() {
        return cache.toString();
    }

    /// The root of a PostgreSQL installation, with `bin/postgres` and `bin/initdb`.
    ///
    /// @throws IllegalStateException when there is none for this platform
    Path postgres() throws IOException {
        String resource = "/postgres-" + platform() + ".txz";
        URL archive = resource(resource, "PostgreSQL");
        return installed("postgres-" + fingerprint(archive), target -> untar(archive, target));
    }

    /// The `redis-server` program.
    ///
    /// @throws IllegalStateException when there is none for this platform
    Path redis() throws IOException {
        OsArchitecture platform = OsArchitecture.detectOSandArchitecture();
        String resource = ExecutableProvider.newProvidedVersionsMap().get(platform);
        URL program = resource(Objects.requireNonNullElse(resource, "/redis-server-" + platform()), "Redis");
        Path home = installed("redis-" + fingerprint(program), target -> {
            Path file = target.resolve("redis-server");
            try (InputStream in = program.openStream()) {
                Files.copy(in, file);
            }
            Files.setPosixFilePermissions(file, EXECUTABLE);
        });
        return home.resolve("redis-server");
    }

    private static URL resource(String name, String server) {
        URL url = ServerBinaries.class.getResource(name);
        if (url == null) {
            throw new IllegalStateException("no embedded " + server + " for this platform: " + name
                    + " is not on the class path (expected: Linux or macOS; or name an external server)");
        }
        return url;
    }

    /// As the archives are named: `linux-x86_64`, `darwin-arm_64`.
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch");
        return os + "-" + (machine.equals("amd64") || machine.equals("x86_64") ? "x86_64" : "arm_64");
    }

    /// Names the content without reading all of it: the jar's directory has a checksum.
    private static String fingerprint(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        long checksum =
                connection instanceof JarURLConnection jar ? jar.getJarEntry().getCrc() : connection.getLastModified();
        return Long.toHexString(checksum) + "-" + connection.getContentLengthLong();
    }

    private Path installed(String name, Unpack unpack) throws IOException {
        Path home = cache.resolve(name);
        if (Files.isDirectory(home)) {
            return home;
        }
        Files.createDirectories(cache);
        Path unfinished = Files.createTempDirectory(cache, name + ".");
        try {
            unpack.into(unfinished);
            Files.setPosixFilePermissions(unfinished, EXECUTABLE);
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            deleteRecursively(unfinished);
            // Another JVM may have been quicker, which is as good.
            if (!Files.isDirectory(home)) {
                throw failure;
            }
        }
        return home;
    }

    private static void untar(URL archive, Path target) throws IOException {
        Map<Path, String> links = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(archive.openStream()))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException(entry.getName() + " leaves the archive");
                } else if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (entry.isSymbolicLink()) {
                    links.put(file, entry.getLinkName());
                } else if (entry.isFile()) {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.copy(tar, file);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            file, executable ? EXECUTABLE : PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
        for (Map.Entry<Path, String> link : links.entrySet()) {
            Files.createDirectories(Objects.requireNonNull(link.getKey().getParent()));
            Files.createSymbolicLink(link.getKey(), Path.of(link.getValue()));
        }
    }

    static void deleteRecursively(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private interface Unpack {
        void into(Path target) throws IOException;
    }
}
