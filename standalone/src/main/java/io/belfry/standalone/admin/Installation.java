package io.belfry.standalone.admin;

import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.standalone.settings.WrongSettings;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// The installation whose database a command changes: the one that `DATABASE_URL` names, or the demo that runs on
/// this machine. Opens Belfry's core on it, with no role.
final class Installation {
    @Option(
            names = "--demo",
            paramLabel = "DIR",
            defaultValue = "${BELFRY_DATA:-.belfry}",
            description = "Data directory of the demo to change, without DATABASE_URL (default: $BELFRY_DATA or"
                    + " ./.belfry).")
    private Path demo;

    /// Runs work that needs Belfry's beans.
    <T> T with(Function<ApplicationContext, T> work) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        DatabaseAddress database = DatabaseAddress.of(System.getenv()).orElse(null);
        if (database == null) {
            DemoCredentials.Running running = runningDemo();
            database = DatabaseAddress.of(Map.of("DATABASE_URL", running.databaseUrl()))
                    .orElseThrow();
            settings.put("redis.uri", running.redisUri());
        }
        settings.put("datasources.default.url", database.jdbcUrl());
        settings.put("datasources.default.maximum-pool-size", 2);
        settings.put("datasources.default.minimum-idle", 0);
        put(settings, "datasources.default.username", database.user());
        put(settings, "datasources.default.password", database.password());
        try (ApplicationContext context = ApplicationContext.builder()
                .mainClass(Installation.class)
                .banner(false)
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .properties(settings)
                .start()) {
            return work.apply(context);
        }
    }

    private DemoCredentials.Running runningDemo() throws IOException {
        return Optional.of(new CredentialsFile(demo))
                .flatMap(Installation::read)
                .map(DemoCredentials::running)
                .orElseThrow(() -> new WrongSettings(
                        "no installation to work on (expected: DATABASE_URL, or a demo that runs in " + demo + ")"));
    }

    private static Optional<DemoCredentials> read(CredentialsFile file) {
        try {
            return file.read();
        } catch (IOException unreadable) {
            throw new WrongSettings("cannot read " + file.path() + ": " + unreadable.getMessage());
        }
    }

    private static void put(Map<String, Object> settings, String name, String value) {
        if (value != null) {
            settings.put(name, value);
        }
    }
}
