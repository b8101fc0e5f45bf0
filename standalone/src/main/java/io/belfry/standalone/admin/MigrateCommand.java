package io.belfry.standalone.admin;

import io.belfry.migrations.Migrations;
import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.standalone.settings.WrongSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Brings an external database to the schema of this version.
@Command(
        name = "migrate",
        header = "Brings the database to the schema of this version, and ends.",
        description = {
            "",
            "Reads DATABASE_URL (postgres:// or jdbc:postgresql://), and DATABASE_USER and DATABASE_PASSWORD where the"
                    + " address has no credentials. `belfry up` does the same before it starts."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = {"  DATABASE_URL=postgres://belfry:secret@db:5432/belfry belfry migrate"})
public final class MigrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        DatabaseAddress database = DatabaseAddress.of(System.getenv())
                .orElseThrow(() -> new WrongSettings(
                        "DATABASE_URL is not set (a demo's database is migrated by" + " `belfry up`)"));
        int applied = Migrations.migrate(database.jdbcUrl(), database.user(), database.password());
        spec.commandLine()
                .getOut()
                .println(applied == 0 ? "The schema is up to date." : "Applied " + applied + " migration(s).");
        return 0;
    }
}
