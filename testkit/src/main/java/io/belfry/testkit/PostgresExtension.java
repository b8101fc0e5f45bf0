package io.belfry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives each test class a database of its own, a copy of one that has Belfry's schema, on one PostgreSQL a JVM
/// that starts when the first class wants it.
///
/// ```java
/// @ExtendWith(PostgresExtension.class)
/// class StoreTest {
///     StoreTest(TestDatabase database) { … }
/// }
/// ```
///
/// A [TestDatabase] or [PostgresServer] can be a parameter of the constructor, of a lifecycle method or of a
/// test. All methods of a class see the same database, also those of its nested classes; it is dropped after the
/// class.
public final class PostgresExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(PostgresExtension.class);

    /// A new database with Belfry's schema for callers that JUnit does not call, such as a
    /// `TestPropertyProvider`. It goes with the JVM.
    ///
    /// @param name becomes part of the database's name
    public static TestDatabase newDatabase(String name) {
        try {
            return SharedServers.ofThisJvm().newDatabase(name);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (SQLException failure) {
            throw new IllegalStateException("cannot copy the template database", failure);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestDatabase.class || type == PostgresServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getParameter().getType() == PostgresServer.class) {
            try {
                return SharedServers.ofThisJvm().postgres();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        Class<?> outermost = context.getRequiredTestClass();
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        return classContext(context, outermost)
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(outermost, type -> new Lease(newDatabase(type.getSimpleName())), Lease.class)
                .database();
    }

    /// The store of the class's own context, so that the database goes when the class is done, not the method.
    private static ExtensionContext classContext(ExtensionContext context, Class<?> type) {
        ExtensionContext found = context;
        while (found.getParent().isPresent()
                && !(found.getTestClass().equals(java.util.Optional.of(type))
                        && found.getTestMethod().isEmpty())) {
            found = found.getParent().get();
        }
        return found;
    }

    private record Lease(TestDatabase database) implements AutoCloseable {
        @Override
        public void close() throws IOException, SQLException {
            SharedServers.ofThisJvm().drop(database);
        }
    }
}
