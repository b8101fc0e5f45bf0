package io.belfry.standalone.admin;

import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.standalone.settings.WrongSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes, lists and revokes API keys.
@Command(
        name = "key",
        header = "Makes, lists and revokes the API keys of services.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  DATABASE_URL=postgres://… belfry key create shop --scopes events:write",
            "  DATABASE_URL=postgres://… belfry key list"
        })
public final class KeyCommand {
    @Spec
    private CommandSpec spec;

    @Command(name = "create", header = "Makes a key and prints it, this once.", mixinStandardHelpOptions = true)
    int create(
            @Mixin Installation installation,
            @Parameters(paramLabel = "NAME", description = "Who uses it, such as the service's name.") String name,
            @Option(
                            names = "--scopes",
                            split = ",",
                            paramLabel = "SCOPE",
                            description =
                                    "What it may do: events:write, events:read, events:everyone, users:write, segments:write, stops:write,"
                                            + " operations:write"
                                            + " (default: all).")
                    List<String> scopes,
            @Option(
                            names = "--test",
                            description =
                                    "What is sent with it reaches nobody but the users named in belfry.sandbox.recipients.")
                    boolean test)
            throws IOException {
        Set<Scope> granted = scopes == null ? EnumSet.allOf(Scope.class) : parsed(scopes);
        ApiKey.Kind kind = test ? ApiKey.Kind.TEST : ApiKey.Kind.LIVE;
        String secret = installation.with(context ->
                context.getBean(ApiKeys.class).create(name, granted, kind).secret());
        out().println(secret);
        return 0;
    }

    @Command(name = "list", header = "Lists the keys, but not their secrets.", mixinStandardHelpOptions = true)
    int list(@Mixin Installation installation) throws IOException {
        List<ApiKey> keys =
                installation.with(context -> context.getBean(ApiKeys.class).list());
        for (ApiKey key : keys) {
            String scopes = key.scopes().stream().map(Scope::label).sorted().collect(Collectors.joining(","));
            String state = key.revokedAt()
                    .map(at -> "revoked " + at)
                    .or(() -> key.lastUsedAt().map(at -> "used " + at))
                    .orElse("never used");
            out().println(key.id() + "  " + key.hint() + "…  " + key.name() + (key.isTest() ? "  (test)  " : "  ")
                    + scopes + "  " + state);
        }
        return 0;
    }

    @Command(name = "revoke", header = "Ends a key for good.", mixinStandardHelpOptions = true)
    int revoke(
            @Mixin Installation installation,
            @Parameters(paramLabel = "ID", description = "As `belfry key list` shows it.") UUID id)
            throws IOException {
        boolean done =
                installation.with(context -> context.getBean(ApiKeys.class).revoke(id));
        if (!done) {
            throw new WrongSettings("there is no such key, or it is revoked already: " + id);
        }
        out().println("Revoked. It stops working within five seconds.");
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static Set<Scope> parsed(List<String> labels) {
        return labels.stream()
                .map(label -> Scope.ofLabel(label)
                        .orElseThrow(() -> new WrongSettings("scope: " + label + " (expected: "
                                + Stream.of(Scope.values()).map(Scope::label).collect(Collectors.joining(", "))
                                + ")")))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
    }
}
