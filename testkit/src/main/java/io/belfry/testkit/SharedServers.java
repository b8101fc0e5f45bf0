package io.belfry.testkit;

import io.belfry.migrations.Migrations;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/// The servers that all test classes of one JVM share: each starts when it is first wanted and stops with the JVM.
/// (Should the JVM be killed, the servers' guards stop them.)
final class SharedServers {
    private static final String TEMPLATE = "belfry_template";
    private static final SharedServers OF_THIS_JVM = new SharedServers();

    private final AtomicInteger databases = new AtomicInteger();
    private PostgresServer postgres;
    private RedisServer redis;

    private SharedServers() {}

    static SharedServers ofThisJvm() {
        return OF_THIS_JVM;
    }

    synchronized PostgresServer postgres() throws IOException {
        if (postgres == null) {
            PostgresServer started = PostgresServer.startTemporary();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop-postgres"));
            try {
                migrateTemplate(started);
            } catch (SQLException | RuntimeException failure) {
                started.close();
                throw new IllegalStateException("cannot make the template database", failure);
            }
            postgres = started;
        }
        return postgres;
    }

    synchronized RedisServer redis() throws IOException {
        if (redis == null) {
            RedisServer started = RedisServer.startTemporary();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop-redis"));
            redis = started;
        }
        return redis;
    }

    private static void migrateTemplate(PostgresServer server) throws SQLException {
        execute(server, "CREATE DATABASE " + TEMPLATE);
        Migrations.migrate(server.jdbcUrl(TEMPLATE), server.user(), server.password());
    }

    /// @param name becomes part of the database's name, to find it in logs
    TestDatabase newDatabase(String name) throws IOException, SQLException {
        PostgresServer server = postgres();
        String database = "t" + databases.incrementAndGet() + "_" + name.toLowerCase(java.util.Locale.ROOT);
        String identifier = database.replaceAll("[^a-z0-9_]", "_");
        String cut = identifier.substring(0, Math.min(60, identifier.length()));
        // Two clones of one template at once are refused.
        synchronized (this) {
            execute(server, "CREATE DATABASE " + cut + " TEMPLATE " + TEMPLATE);
        }
        return new TestDatabase(server.jdbcUrl(cut), server.user(), server.password());
    }

    void drop(TestDatabase database) throws IOException, SQLException {
        String name = database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1);
        execute(postgres(), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
