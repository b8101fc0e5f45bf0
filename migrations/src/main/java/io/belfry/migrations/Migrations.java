package io.belfry.migrations;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/// Brings a PostgreSQL database to the schema of this version. Safe to run from several nodes at once: Flyway takes a
/// lock in the database, and the others wait for it.
public final class Migrations {
    private Migrations() {}

    /// Applies what is missing.
    ///
    /// @return how many migrations were applied, 0 when the schema was up to date
    /// @throws org.flywaydb.core.api.FlywayException when the database cannot be reached, is not PostgreSQL, or
    ///     holds a schema that this version did not make
    public static int migrate(DataSource database) {
        return flyway(Flyway.configure().dataSource(database));
    }

    /// The same, by address.
    ///
    /// @param jdbcUrl for example `jdbc:postgresql://localhost:5432/belfry`
    public static int migrate(String jdbcUrl, String user, String password) {
        return flyway(Flyway.configure().dataSource(jdbcUrl, user, password));
    }

    private static int flyway(org.flywaydb.core.api.configuration.FluentConfiguration configuration) {
        return configuration
                .locations("classpath:db/migration")
                .connectRetries(10)
                .failOnMissingLocations(true)
                .load()
                .migrate()
                .migrationsExecuted;
    }

    /// `java -cp … io.belfry.migrations.Migrations`, for deployments that migrate in a job of their own. Reads
    /// `DATABASE_URL` (a JDBC address), `DATABASE_USER` and `DATABASE_PASSWORD`.
    public static void main(String[] arguments) {
        String url = System.getenv("DATABASE_URL");
        if (url == null || url.isBlank()) {
            System.err.println("DATABASE_URL is not set (expected: jdbc:postgresql://host:5432/database)");
            System.exit(2);
        }
        int applied = migrate(url, System.getenv("DATABASE_USER"), System.getenv("DATABASE_PASSWORD"));
        System.out.println(applied == 0 ? "The schema is up to date." : "Applied " + applied + " migration(s).");
    }
}
