package io.belfry.testkit;

import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL database with Belfry's schema that belongs to one test class.
///
/// @param jdbcUrl its address, without credentials
/// @param user a superuser
public record TestDatabase(String jdbcUrl, String user, String password) {
    public TestDatabase {
        Objects.requireNonNull(jdbcUrl);
        Objects.requireNonNull(user);
        Objects.requireNonNull(password);
    }

    /// Connections to it, a new one each time; there is no pool.
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }
}
