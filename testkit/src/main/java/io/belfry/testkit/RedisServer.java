package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real Redis on this machine, for tests and for the demo: a child process on the loopback interface with a
/// random password. It saves nothing, since Redis holds only live signals in Belfry.
///
/// A server that an earlier run left behind in the directory is stopped first. The server answers when a `start`
/// method returns. Safe for use by several threads.
public final class RedisServer extends LocalServer {
    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final ServerProcess.StopSignals SIGNALS = new ServerProcess.StopSignals("TERM", "TERM");
    private static final Duration START_PATIENCE = Duration.ofSeconds(20);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);
    private static final Duration ORPHAN_PATIENCE = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(10);

    private static final Map<String, String> SETTINGS = Map.of(
            "bind", "127.0.0.1",
            "save", "\"\"",
            "appendonly", "no",
            "daemonize", "no",
            // Keeps the command line as it is, by which a later run knows an orphan of this directory.
            "set-proc-title", "no",
            "maxmemory", "256mb",
            "maxmemory-policy", "volatile-lru",
            "client-output-buffer-limit", "pubsub 64mb 32mb 60");

    private RedisServer(ServerProcess process, Home home, int port, String password) {
        super(process, home, STOP_PATIENCE, port, password);
    }

    /// Starts the embedded Redis 6.2, or the system's where that one does not run.
    ///
    /// @param directory its home, made when it is not there; holds its configuration and log
    /// @param port the TCP port, or 0 for a free one
    /// @throws IllegalStateException when the directory or the port is in use or the server does not start; the
    /// message says which, and why
    public static RedisServer start(Path directory, int port) throws IOException {
        return start(directory, port, null, Map.of(), false);
    }

    /// Starts a given `redis-server` program with some of Redis' settings changed.
    ///
    /// @param settings lines of redis.conf by their first word, such as `cluster-enabled` → `yes`
    public static RedisServer start(Path directory, int port, Path program, Map<String, String> settings)
            throws IOException {
        return start(directory, port, program, settings, false);
    }

    /// Starts the embedded Redis on a free port, in a new directory that goes with it.
    public static RedisServer startTemporary() throws IOException {
        return startTemporary(null, Map.of());
    }

    /// The same with a given program and settings.
    public static RedisServer startTemporary(Path program, Map<String, String> settings) throws IOException {
        return start(Files.createTempDirectory("belfry-redis-"), 0, program, settings, true);
    }

    /// The `redis-server` of the system's packages.
    public static Optional<Path> systemProgram() {
        return RedisProgram.ofSystem();
    }

    private static RedisServer start(Path home, int wanted, Path given, Map<String, String> settings, boolean temporary)
            throws IOException {
        Files.createDirectories(home);
        Path directory = home.toRealPath();
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            Path program = given == null ? RedisProgram.embedded(directory) : given;
            Path configuration = directory.resolve("redis.conf");
            stopOrphan(directory, configuration);
            int port = Ports.resolve(wanted, "Redis");
            String password = Password.keptIn(directory);
            configure(configuration, directory, port, password, settings);
            ServerProcess process = ServerProcess.start(
                    List.of(program.toString(), configuration.toString()),
                    directory.resolve("redis.log"),
                    SIGNALS,
                    temporary ? directory : null);
            RedisServer server = new RedisServer(process, new Home(directory, lock, temporary), port, password);
            server.awaitReady();
            LOG.debug("Redis runs as process {} on port {} in {}", process.pid(), port, directory);
            return server;
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private static void stopOrphan(Path directory, Path configuration) throws IOException {
        Path pidFile = directory.resolve("redis.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try {
            Orphan.find(Long.parseLong(Files.readString(pidFile).strip()), "redis", configuration)
                    .ifPresent(orphan -> orphan.stop(SIGNALS, ORPHAN_PATIENCE));
        } catch (NumberFormatException garbled) {
            // A crash while it was written.
        }
        Files.deleteIfExists(pidFile);
    }

    private static void configure(Path file, Path directory, int port, String password, Map<String, String> settings)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>(SETTINGS);
        all.put("port", Integer.toString(port));
        all.put("requirepass", password);
        all.put("masterauth", password);
        all.put("dir", quoted(directory));
        all.put("pidfile", quoted(directory.resolve("redis.pid")));
        all.putAll(settings);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                all.entrySet().stream()
                        .map(line -> line.getKey() + " " + line.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (process().alive() && System.nanoTime() < deadline) {
            try {
                if (ask("PING").equals("PONG")) {
                    return;
                }
            } catch (IOException notYet) {
                // Not listening yet, or still loading.
            }
            try {
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            } catch (InterruptedException interrupted) {
                process().stop(Duration.ZERO);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Redis starts", interrupted);
            }
        }
        String words = process().lastWords();
        process().stop(Duration.ZERO);
        throw new IllegalStateException("Redis does not start in " + directory() + ":\n" + words);
    }

    /// Sends one command on a connection of its own.
    ///
    /// @return a simple string, number or bulk string as text; for an array its first element
    /// @throws IOException when the server cannot be reached or answers with an error
    public String ask(String... command) throws IOException {
        try (RedisConversation conversation = new RedisConversation(port())) {
            conversation.ask("AUTH", password());
            return conversation.ask(command);
        }
    }

    /// The address with the password: `redis://:password@host:port`.
    public String url() {
        return "redis://:" + password() + "@127.0.0.1:" + port();
    }
}
