package io.belfry.api;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One [ApiNode] with its own database for all test classes of a JVM. Tests name users and keys of their own.
public final class ApiExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ApiExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ApiNode.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        "api",
                        key -> ApiNode.start(
                                PostgresExtension.newDatabase("api"),
                                RedisExtension.server().url(),
                                Map.of(
                                        "belfry.topics.users-may-follow",
                                        "user/{id}/#,team/{claim:teams}/#,{claim:topics}")),
                        ApiNode.class);
    }
}
