package io.belfry.standalone;

import io.belfry.standalone.admin.KeyCommand;
import io.belfry.standalone.admin.MigrateCommand;
import io.belfry.standalone.admin.OperatorCommand;
import io.belfry.standalone.client.SendCommand;
import io.belfry.standalone.client.TailCommand;
import io.belfry.standalone.client.TokenCommand;
import io.belfry.standalone.doctor.DoctorCommand;
import io.belfry.standalone.settings.WrongSettings;
import io.belfry.standalone.up.UpCommand;
import io.belfry.standalone.up.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `belfry` command. Ends with 0 when all is well, with 1 when something failed, and with 2 when the call or
/// the configuration was wrong.
@Command(
        name = "belfry",
        header = "Notifications that arrive: an inbox live on every device, and a push when no device answers.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            UpCommand.class,
            SendCommand.class,
            TailCommand.class,
            TokenCommand.class,
            KeyCommand.class,
            OperatorCommand.class,
            MigrateCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nA first minute:%n",
        footer = {
            "  belfry up                                    starts everything, with demo users",
            "  belfry tail alice                            in another terminal: follows alice's inbox",
            "  belfry send --type comment.created --to alice --data '{\"text\":\"Hi\"}'",
            "",
            "`belfry help COMMAND` tells more about each command."
        })
public final class BelfryCommand {
    private static final String DEBUG = "BELFRY_DEBUG";

    private BelfryCommand() {}

    /// @param arguments as the shell gives them
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /// The whole command line, ready to execute.
    public static CommandLine commandLine() {
        return new CommandLine(new BelfryCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                // "@file" is a value here: `send --data @event.json`.
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler(BelfryCommand::explain);
    }

    /// People get the message; the stack trace is for those who ask for it.
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (System.getenv(DEBUG) != null) {
            failure.printStackTrace(err);
        } else {
            err.println(command.getColorScheme().errorText("belfry: " + message(failure)));
        }
        return failure instanceof WrongSettings ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Throwable failure) {
        StringBuilder message = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (message.indexOf(text) < 0) {
                message.append(message.isEmpty() ? "" : "\n  because: ").append(text);
            }
        }
        return message.append("\n(set ")
                .append(DEBUG)
                .append("=1 for the stack trace)")
                .toString();
    }
}
