package io.belfry.dispatcher;

import io.belfry.testkit.TestDatabase;
import io.micronaut.context.ApplicationContext;
import java.util.HashMap;
import java.util.Map;

/// A dispatcher of the test's own, with real PostgreSQL and Redis behind it.
public final class DispatcherNode implements AutoCloseable {
    private final ApplicationContext context;

    private DispatcherNode(ApplicationContext context) {
        this.context = context;
    }

    /// @param settings in addition to what a dispatcher needs, or instead
    public static DispatcherNode start(TestDatabase database, String redisUrl, Map<String, Object> settings) {
        return start(database, redisUrl, settings, "dispatcher");
    }

    /// What a dispatcher works with, and nothing that works by itself.
    public static DispatcherNode idle(TestDatabase database, String redisUrl) {
        return start(database, redisUrl, Map.of(), new String[0]);
    }

    private static DispatcherNode start(
            TestDatabase database, String redisUrl, Map<String, Object> settings, String... environments) {
        var all = new HashMap<String, Object>(Map.of(
                "datasources.default.url",
                database.jdbcUrl(),
                "datasources.default.username",
                database.user(),
                "datasources.default.password",
                database.password(),
                "datasources.default.driver-class-name",
                "org.postgresql.Driver",
                "datasources.default.maximum-pool-size",
                10,
                "redis.uri",
                redisUrl,
                "belfry.tokens.secret",
                "a secret that only tests know, 32+"));
        all.putAll(settings);
        return new DispatcherNode(ApplicationContext.run(all, environments));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
