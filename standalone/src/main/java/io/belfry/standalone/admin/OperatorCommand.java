package io.belfry.standalone.admin;

import io.belfry.core.access.Operator;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.standalone.settings.WrongSettings;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes and lists the operators of the console.
@Command(
        name = "operator",
        header = "Makes and lists operators, who sign in to the console.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  DATABASE_URL=postgres://… belfry operator create ada@example.com",
            "  DATABASE_URL=postgres://… belfry operator password ada@example.com --generate"
        })
public final class OperatorCommand {
    private static final int GENERATED_BYTES = 15;

    @Spec
    private CommandSpec spec;

    /// Where a password comes from.
    static final class PasswordSource {
        @Option(names = "--generate", description = "Makes up a password and prints it, instead of asking for one.")
        private boolean generate;
    }

    @Command(name = "create", header = "Makes an operator; asks for the password.", mixinStandardHelpOptions = true)
    int create(
            @Mixin Installation installation,
            @Mixin PasswordSource source,
            @Parameters(paramLabel = "EMAIL", description = "Signs in with this address.") String email,
            @Option(names = "--name", paramLabel = "NAME", description = "Shown in the console (default: EMAIL).")
                    String name,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "admin",
                            description = "viewer, editor, broadcaster or admin (default: ${DEFAULT-VALUE}).")
                    Role role)
            throws IOException {
        String password = password(source);
        Operator made = installation.with(context -> refused(() -> context.getBean(Operators.class)
                .create(email, name == null ? email : name, password, role)
                .orElseThrow(() -> new WrongSettings("there is an operator with this address already: " + email))));
        out().println("Made " + made.email() + ", " + made.role().label() + ".");
        printGenerated(source, password);
        return 0;
    }

    @Command(name = "password", header = "Gives an operator a new password.", mixinStandardHelpOptions = true)
    int password(
            @Mixin Installation installation,
            @Mixin PasswordSource source,
            @Parameters(paramLabel = "EMAIL", description = "Whose.") String email)
            throws IOException {
        String password = password(source);
        boolean done = installation.with(
                context -> refused(() -> context.getBean(Operators.class).setPassword(email, password)));
        if (!done) {
            throw new WrongSettings("there is no operator with this address: " + email);
        }
        out().println("Changed. Its sessions have ended.");
        printGenerated(source, password);
        return 0;
    }

    @Command(name = "list", header = "Lists operators.", mixinStandardHelpOptions = true)
    int list(@Mixin Installation installation) throws IOException {
        List<Operator> operators =
                installation.with(context -> context.getBean(Operators.class).list());
        for (Operator operator : operators) {
            String state = operator.disabledAt()
                    .map(at -> "disabled " + at)
                    .or(() -> operator.lastSignInAt().map(at -> "signed in " + at))
                    .orElse("never signed in");
            out().println(Stream.of(
                            operator.email(), operator.name(), operator.role().label(), state)
                    .collect(Collectors.joining("  ")));
        }
        return 0;
    }

    private static String password(PasswordSource source) throws IOException {
        if (source.generate) {
            byte[] secret = new byte[GENERATED_BYTES];
            new SecureRandom().nextBytes(secret);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        }
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            return new String(console.readPassword("Password: "));
        }
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private void printGenerated(PasswordSource source, String password) {
        if (source.generate) {
            out().println(password);
        }
    }

    /// What the core does not accept is the caller's mistake.
    private static <T> T refused(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException mistake) {
            throw new WrongSettings(mistake.getMessage());
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
