package io.belfry.standalone.client;

import io.belfry.core.identity.TokenSettings;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.standalone.settings.WrongSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// The Belfry that a command talks to: the one named, or the demo that runs on this machine.
final class Target {
    private static final String DEFAULT_URL = "http://localhost:8080";

    @Option(
            names = "--demo",
            paramLabel = "DIR",
            defaultValue = "${BELFRY_DATA:-.belfry}",
            description = "Data directory of the demo to talk to (default: $BELFRY_DATA or ./.belfry).")
    private Path demo;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${BELFRY_URL}",
            description = "Where Belfry is (default: $BELFRY_URL, the running demo, or http://localhost:8080).")
    private String url;

    @Option(
            names = "--secret",
            paramLabel = "SECRET",
            defaultValue = "${BELFRY_JWT_SECRET}",
            description = "Signs users' tokens (default: $BELFRY_JWT_SECRET, or the demo's).")
    private String secret;

    @Option(
            names = "--audience",
            paramLabel = "AUDIENCE",
            defaultValue = "${BELFRY_JWT_AUDIENCE:-belfry}",
            description = "The tokens' audience (default: $BELFRY_JWT_AUDIENCE or belfry).")
    private String audience;

    /// The address of a path such as `/v1/events`.
    URI uri(String path) {
        String base = given(url)
                .or(() -> fromDemo(DemoCredentials::running).map(DemoCredentials.Running::url))
                .orElse(DEFAULT_URL);
        return URI.create(base.replaceFirst("/+$", "") + path);
    }

    /// @param named what the caller gave; may be null or empty
    String apiKey(String named) {
        return given(named)
                .or(() -> fromDemo(DemoCredentials::apiKey))
                .orElseThrow(() -> new WrongSettings(
                        "no API key (expected: --key, or BELFRY_API_KEY, or a demo in " + demo + ")"));
    }

    String mint(UserId user, Duration validFor) {
        String signing = given(secret)
                .or(() -> fromDemo(DemoCredentials::jwtSecret))
                .orElseThrow(() -> new WrongSettings("no secret to sign tokens with (expected: --secret, or"
                        + " BELFRY_JWT_SECRET, or a demo in " + demo + ")"));
        try {
            TokenSettings settings =
                    new TokenSettings(signing, List.of(), null, audience, null, Duration.ZERO, Duration.ofDays(1));
            return new UserTokens(settings, Clock.systemUTC()).mint(user, validFor);
        } catch (IllegalArgumentException unusable) {
            throw new WrongSettings(unusable.getMessage());
        }
    }

    private <T> Optional<T> fromDemo(Function<DemoCredentials, T> part) {
        try {
            return new CredentialsFile(demo).read().map(part);
        } catch (IOException unreadable) {
            throw new WrongSettings("cannot read the credentials in " + demo + ": " + unreadable.getMessage());
        }
    }

    private static Optional<String> given(String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
