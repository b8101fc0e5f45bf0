package io.belfry.console;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.TestDatabase;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One console with its own database for all test classes of a JVM, handed to tests as a [Console].
final class ConsoleExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ConsoleExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Console.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("console", key -> start(), Console.class);
    }

    private static Console start() {
        TestDatabase database = PostgresExtension.newDatabase("console");
        return start(Map.of(
                "datasources.default.url",
                database.jdbcUrl(),
                "datasources.default.username",
                database.user(),
                "datasources.default.password",
                database.password()));
    }

    /// One with other settings over the same database, which its test closes.
    static Console another(Console console, Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        for (String name : List.of("url", "username", "password")) {
            String property = "datasources.default." + name;
            all.put(
                    property,
                    console.context().getProperty(property, String.class).orElseThrow());
        }
        return start(all);
    }

    private static Console start(Map<String, Object> settings) {
        ApplicationContext context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .environments("console")
                .properties(Map.of(
                        "micronaut.server.port",
                        -1,
                        "datasources.default.maximum-pool-size",
                        8,
                        "datasources.default.minimum-idle",
                        1,
                        "redis.uri",
                        RedisExtension.server().url(),
                        "belfry.broadcasts.release.approval-above",
                        2_000,
                        "belfry.operators.max-failures",
                        3))
                .properties(settings)
                .start();
        EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
        return new Console(context, server.getURI(), new Engines());
    }
}
