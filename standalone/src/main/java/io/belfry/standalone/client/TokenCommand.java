package io.belfry.standalone.client;

import io.belfry.core.user.UserId;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Mints an end user's token, as the host's backend would.
@Command(
        name = "token",
        header = "Prints a token (JWT) for an end user.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  belfry token alice",
            "  curl -H \"Authorization: Bearer $(belfry token alice)\" http://localhost:8080/v1/inbox"
        })
public final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Target target;

    @Parameters(paramLabel = "USER", description = "Whose token.", converter = UserIdConverter.class)
    private UserId user;

    @Option(
            names = "--valid-for",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "How long it is valid: 90s, 15m, 12h, 30d (default: ${DEFAULT-VALUE}).")
    private Duration validFor;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(target.mint(user, validFor));
        return 0;
    }
}
