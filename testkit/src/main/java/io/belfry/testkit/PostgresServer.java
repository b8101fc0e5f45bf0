package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real PostgreSQL 18 on this machine, for tests and for the demo: a child process on the loopback interface
/// with a random password, whose data stays in its directory.
///
/// What an earlier run left in the directory after a kill -9 (a server still running, a stale pid file, a
/// half-made data directory) is cleared away first. The server is ready for connections when a `start` method
/// returns. Safe for use by several threads.
public final class PostgresServer extends LocalServer {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

    /// Rules of PostgreSQL: INT closes connections and writes a checkpoint, QUIT does without the checkpoint.
    private static final ServerProcess.StopSignals SIGNALS = new ServerProcess.StopSignals("INT", "QUIT");

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final String USER = "belfry";
    private static final String DATABASE = "belfry";

    /// Kept on the command line rather than in postgresql.conf, so that a newer Belfry brings its own.
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("max_connections", "100"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("effective_cache_size", "1GB"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("wal_compression", "off"),
            Map.entry("wal_buffers", "16MB"),
            Map.entry("max_wal_size", "2GB"),
            Map.entry("checkpoint_timeout", "15min"),
            Map.entry("random_page_cost", "1.1"),
            Map.entry("jit", "off"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            // The DETAIL and STATEMENT of an error can hold what people wrote.
            Map.entry("log_error_verbosity", "terse"),
            Map.entry("log_min_error_statement", "panic"));

    private PostgresServer(ServerProcess process, Home home, int port, String password) {
        super(process, home, STOP_PATIENCE, port, password);
    }

    /// Starts a server that keeps its data, durable as in production.
    ///
    /// @param directory its home, made when it is not there; holds the data, the log and the password
    /// @param port the TCP port, or 0 for a free one
    /// @throws IllegalStateException when the directory or the port is in use, nobody may run the server there, or
    /// it does not start; the message says which, and why
    public static PostgresServer start(Path directory, int port) throws IOException {
        return start(directory, port, Map.of());
    }

    /// The same with some of PostgreSQL's settings changed.
    public static PostgresServer start(Path directory, int port, Map<String, String> settings) throws IOException {
        return start(directory, port, settings, false);
    }

    /// Starts a server for tests: on a free port, in a new directory that goes with it, not durable across a
    /// crash of the operating system but across one of the server.
    public static PostgresServer startTemporary() throws IOException {
        return start(
                Files.createTempDirectory("belfry-postgres-"),
                0,
                Map.of(
                        "fsync",
                        "off",
                        "full_page_writes",
                        "off",
                        "shared_buffers",
                        "128MB",
                        "log_min_error_statement",
                        "error"),
                true);
    }

    private static PostgresServer start(Path home, int port, Map<String, String> settings, boolean temporary)
            throws IOException {
        Files.createDirectories(home);
        Path directory = home.toRealPath();
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            PostgresPlace place = PostgresPlace.choose(
                    directory, ServerUser.candidates(directory), ServerBinaries.candidates(directory));
            PostgresCluster cluster = new PostgresCluster(directory, place.programs(), place.user());
            cluster.stopOrphan(SIGNALS);
            int bound = Ports.resolve(port, "PostgreSQL");
            if (!cluster.exists()) {
                cluster.create(USER, DATABASE);
            }
            Map<String, String> all = new LinkedHashMap<>(SETTINGS);
            all.putAll(settings);
            ServerProcess process = cluster.launch(bound, all, SIGNALS, temporary, START_PATIENCE);
            LOG.debug("PostgreSQL runs as process {} on port {} in {}", process.pid(), bound, directory);
            return new PostgresServer(process, new Home(directory, lock, temporary), bound, cluster.password());
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    /// The JDBC address of the application's database, without credentials.
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    /// The JDBC address of another database of this server.
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    /// The address as other tools want it, credentials included: `postgres://user:password@host:port/database`.
    public String url() {
        return "postgres://" + USER + ":" + password() + "@127.0.0.1:" + port() + "/" + DATABASE;
    }

    /// A superuser of this server.
    public String user() {
        return USER;
    }

    /// What the server wrote since the directory was made, cut to some megabytes.
    public Path log() {
        return directory().resolve(PostgresCluster.LOG);
    }

    /// Connections to the application's database, a new one each time.
    public DataSource dataSource() {
        return new TestDatabase(jdbcUrl(), USER, password()).dataSource();
    }
}
