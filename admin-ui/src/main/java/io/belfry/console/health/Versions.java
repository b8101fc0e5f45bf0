package io.belfry.console.health;

import io.micronaut.core.version.VersionUtils;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;

/// What runs here. Thread-safe; blocks on the database.
@Singleton
final class Versions {
    private final Jdbi jdbi;

    Versions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    record Line(String what, String version) {}

    List<Line> list() {
        return List.of(
                new Line(
                        "Belfry",
                        Objects.requireNonNullElse(
                                Versions.class.getPackage().getImplementationVersion(), "development")),
                new Line("Database schema", schema()),
                new Line("Java", Runtime.version().toString()),
                new Line("Micronaut", Objects.requireNonNullElse(VersionUtils.getMicronautVersion(), "unknown")));
    }

    private String schema() {
        return jdbi.withHandle(h -> h.createQuery("select coalesce(version, '') || ' · ' || description from"
                        + " flyway_schema_history where success order by installed_rank desc limit 1")
                .mapTo(String.class)
                .findOne()
                .orElse("none"));
    }
}
