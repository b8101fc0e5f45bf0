package io.belfry.standalone;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/// What one call of the command line gave.
public record Invocation(int exitCode, String out, String err) {
    public static Invocation of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = BelfryCommand.commandLine()
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return new Invocation(command.execute(arguments), out.toString(), err.toString());
    }
}
