package io.belfry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests one Redis a JVM, empty at the start of each test class. A [RedisServer] can be a parameter of the
/// constructor, of a lifecycle method or of a test.
public final class RedisExtension implements BeforeAllCallback, ParameterResolver {

    /// The server for callers that JUnit does not call, such as a `TestPropertyProvider`. Not emptied.
    public static RedisServer server() {
        try {
            return SharedServers.ofThisJvm().redis();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        // Nested classes belong to their outer one.
        if (context.getRequiredTestClass().getEnclosingClass() == null) {
            server().ask("FLUSHALL");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RedisServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server();
    }
}
