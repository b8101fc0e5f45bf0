package io.belfry.standalone.doctor;

import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.standalone.settings.WrongSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PostgreSQL and Redis, where external ones are configured.
final class ServerChecks {
    private static final int POSTGRES = 18;
    private static final int TIMEOUT_SECONDS = 5;
    private static final Pattern REDIS_VERSION = Pattern.compile("redis_version:((\\d+)\\.(\\d+)\\S*)");
    private static final Pattern REDIS_POLICY = Pattern.compile("maxmemory_policy:(\\S+)");

    private ServerChecks() {}

    static List<Finding> run(Map<String, String> environment) {
        List<Finding> findings = new ArrayList<>();
        try {
            DatabaseAddress.of(environment)
                    .ifPresentOrElse(
                            address -> findings.addAll(postgres(address)),
                            () -> findings.add(new Finding.Good(
                                    "PostgreSQL", "DATABASE_URL is not set: the demo brings its own")));
        } catch (WrongSettings wrong) {
            findings.add(new Finding.Bad("PostgreSQL", wrong.getMessage(), "Correct DATABASE_URL."));
        }
        String redis = environment.get("REDIS_URI");
        if (redis == null || redis.isBlank()) {
            findings.add(new Finding.Good("Redis", "REDIS_URI is not set: the demo brings its own"));
        } else {
            findings.addAll(redis(redis));
        }
        return findings;
    }

    private static List<Finding> postgres(DatabaseAddress address) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Integer.toString(TIMEOUT_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(TIMEOUT_SECONDS));
        Optional.ofNullable(address.user()).ifPresent(user -> properties.setProperty("user", user));
        Optional.ofNullable(address.password()).ifPresent(password -> properties.setProperty("password", password));
        List<Finding> findings = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(address.jdbcUrl(), properties)) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            String version = connection.getMetaData().getDatabaseProductVersion();
            findings.add(
                    major >= POSTGRES
                            ? new Finding.Good("PostgreSQL", version)
                            : new Finding.Bad(
                                    "PostgreSQL", version, "Belfry needs PostgreSQL " + POSTGRES + " or later."));
            findings.add(durability(connection));
            findings.add(schema(connection));
        } catch (SQLException failure) {
            findings.add(new Finding.Bad(
                    "PostgreSQL", failure.getMessage(), "Is it running, and are address and password right?"));
        }
        return findings;
    }

    private static Finding durability(Connection connection) throws SQLException {
        String found = "fsync " + ask(connection, "SHOW fsync") + ", synchronous_commit "
                + ask(connection, "SHOW synchronous_commit") + ", max_connections "
                + ask(connection, "SHOW max_connections");
        boolean durable = found.contains("fsync on") && !found.contains("synchronous_commit off");
        return durable
                ? new Finding.Good("PostgreSQL settings", found)
                : new Finding.Bad(
                        "PostgreSQL settings",
                        found,
                        "Events answered with 202 can be lost in a crash; turn fsync and synchronous_commit on.");
    }

    private static Finding schema(Connection connection) throws SQLException {
        if (ask(connection, "SELECT to_regclass('flyway_schema_history')") == null) {
            return new Finding.Doubtful("Schema", "not there yet", "`belfry migrate` or `belfry up` makes it.");
        }
        String version = ask(connection, "SELECT max(version) FROM flyway_schema_history WHERE success");
        return new Finding.Good("Schema", "version " + version);
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    private static List<Finding> redis(String uri) {
        try {
            RedisURI address = RedisURI.create(uri);
            address.setTimeout(Duration.ofSeconds(TIMEOUT_SECONDS));
            RedisClient client = RedisClient.create(address);
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                return judge(connection.sync().info());
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        } catch (RedisException | IllegalArgumentException failure) {
            Throwable reason = failure.getCause() == null ? failure : failure.getCause();
            return List.of(new Finding.Bad(
                    "Redis",
                    String.valueOf(reason.getMessage()),
                    "Is it running, and is REDIS_URI right (expected: redis://:password@host:6379)?"));
        }
    }

    private static List<Finding> judge(String info) {
        Matcher version = REDIS_VERSION.matcher(info);
        Matcher policy = REDIS_POLICY.matcher(info);
        if (!version.find()) {
            return List.of(
                    new Finding.Doubtful("Redis", "of unknown version", "Belfry is tested with Redis 6.2 and 7."));
        }
        int number = Integer.parseInt(version.group(2)) * 100 + Integer.parseInt(version.group(3));
        List<Finding> findings = new ArrayList<>();
        findings.add(
                number >= 602
                        ? new Finding.Good("Redis", version.group(1))
                        : new Finding.Bad("Redis", version.group(1), "Belfry needs Redis 6.2 or later."));
        if (policy.find() && policy.group(1).startsWith("allkeys")) {
            findings.add(new Finding.Doubtful(
                    "Redis memory",
                    "maxmemory-policy " + policy.group(1),
                    "It may drop what Belfry relies on; use noeviction or a volatile- policy."));
        }
        return findings;
    }
}
