package io.belfry.standalone.client;

import io.belfry.core.user.UserId;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows a user's live notifications, as the user's app would get them.
@Command(
        name = "tail",
        header = "Follows a user's notifications as they arrive.",
        description = {
            "",
            "Connects as an app does, and after an interruption gets what it missed. Needs the secret that signs"
                    + " tokens, or a token. Ends with Ctrl-C."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  belfry tail alice", "  belfry tail alice --json | jq .notification.title"})
public final class TailCommand implements Callable<Integer> {
    private static final Duration TOKEN_VALID_FOR = Duration.ofHours(1);
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private Target target;

    @Parameters(paramLabel = "USER", description = "Whose notifications.", converter = UserIdConverter.class)
    private UserId user;

    @Option(
            names = "--token",
            paramLabel = "JWT",
            defaultValue = "${BELFRY_TOKEN}",
            description = "The user's token (default: $BELFRY_TOKEN, or one that is made with the secret).")
    private String token;

    @Option(names = "--json", description = "Prints what arrives as it is, one JSON object a line.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Ends after that many notifications.")
    private int count;

    @Override
    public Integer call() throws InterruptedException {
        URI uri = URI.create(target.uri("/connection/websocket").toString().replaceFirst("^http", "ws"));
        Supplier<String> tokens =
                token != null && !token.isBlank() ? () -> token : () -> target.mint(user, TOKEN_VALID_FOR);
        TailOutput output =
                new TailOutput(spec.commandLine(), json ? TailOutput.Form.JSON : TailOutput.Form.TEXT, count);
        LiveStream stream = new LiveStream(uri, tokens, output);
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            switch (stream.follow()) {
                case LiveStream.End.Enough() -> {
                    return 0;
                }
                case LiveStream.End.Refused(String reason) -> {
                    output.note("the server refuses: " + reason);
                    return 1;
                }
                case LiveStream.End.Lost(String reason, boolean wasConnected) -> {
                    pause = wasConnected ? FIRST_PAUSE_MILLIS : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
                    output.note(reason + "; trying again");
                    TimeUnit.MILLISECONDS.sleep(
                            pause / 2 + ThreadLocalRandom.current().nextLong(pause));
                }
            }
        }
    }
}
