package io.belfry.core.database;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;

/// Makes the one [Jdbi] of a process.
@Factory
public final class JdbiFactory {
    @Singleton
    public static Jdbi jdbi(DataSource database) {
        return Jdbi.create(database).installPlugin(new PostgresPlugin());
    }
}
