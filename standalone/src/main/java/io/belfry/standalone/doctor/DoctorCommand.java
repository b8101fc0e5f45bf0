package io.belfry.standalone.doctor;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Checks what Belfry stands on, and says what to do about what it finds.
@Command(
        name = "doctor",
        header = "Checks this machine and the servers Belfry would use, with advice.",
        description = {
            "",
            "Looks at the same environment variables as `belfry up`: DATABASE_URL, REDIS_URI, BELFRY_JWT_SECRET,"
                    + " BELFRY_JWKS_URL, BELFRY_FIREBASE_CREDENTIALS. Changes nothing. Ends with 1 when something would"
                    + " keep Belfry from running."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  belfry doctor",
            "  DATABASE_URL=postgres://belfry:secret@db/belfry REDIS_URI=redis://cache:6379 belfry doctor"
        })
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${BELFRY_PORT:-8080}",
            description = "The HTTP port that Belfry is to have (default: $BELFRY_PORT or 8080).")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${BELFRY_DATA:-.belfry}",
            description = "The demo's data directory (default: $BELFRY_DATA or ./.belfry).")
    private Path data;

    @Override
    public Integer call() {
        Map<String, String> environment = System.getenv();
        List<Finding> findings = new ArrayList<>(MachineChecks.run(port, data));
        findings.addAll(ServerChecks.run(environment));
        findings.addAll(SecretChecks.run(environment));
        findings.forEach(this::print);
        return findings.stream().anyMatch(Finding.Bad.class::isInstance) ? 1 : 0;
    }

    private void print(Finding finding) {
        PrintWriter out = spec.commandLine().getOut();
        Ansi ansi = spec.commandLine().getColorScheme().ansi();
        String mark =
                switch (finding) {
                    case Finding.Good _ -> "@|green ok  |@";
                    case Finding.Doubtful _ -> "@|yellow warn|@";
                    case Finding.Bad _ -> "@|bold,red FAIL|@";
                };
        out.println(ansi.string(mark) + "  " + finding.subject() + ": " + finding.detail());
        switch (finding) {
            case Finding.Good _ -> {}
            case Finding.Doubtful(String _, String _, String advice) -> out.println("      " + advice);
            case Finding.Bad(String _, String _, String advice) -> out.println("      " + advice);
        }
    }
}
