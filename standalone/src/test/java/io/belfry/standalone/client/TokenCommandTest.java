package io.belfry.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.identity.TokenSettings;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import io.belfry.standalone.Invocation;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final UserTokens tokens = new UserTokens(
            new TokenSettings(SECRET, List.of(), null, "belfry", null, Duration.ZERO, Duration.ofDays(1)),
            Clock.systemUTC());

    @TempDir
    private Path directory;

    @Test
    void mintsWhatBelfryAccepts() {
        Invocation call = Invocation.of("token", "alice", "--secret", SECRET, "--valid-for", "2h");

        assertThat(call.exitCode()).isZero();
        assertThat(tokens.verify(call.out().strip())).isInstanceOfSatisfying(TokenVerdict.Valid.class, valid -> {
            assertThat(valid.user()).isEqualTo(new UserId("alice"));
            assertThat(valid.expiresAt())
                    .isBetween(
                            Instant.now().plus(Duration.ofMinutes(119)),
                            Instant.now().plus(Duration.ofMinutes(121)));
        });
    }

    @Test
    void takesTheSecretOfTheDemo() throws Exception {
        new CredentialsFile(directory)
                .write(new DemoCredentials(SECRET, "bk_x", new DemoCredentials.Operator("a@b", "p"), List.of(), null));

        Invocation call = Invocation.of("token", "bob", "--demo", directory.toString());

        assertThat(tokens.verify(call.out().strip())).isInstanceOf(TokenVerdict.Valid.class);
    }

    @Test
    void saysWhatIsMissing() {
        Invocation call = Invocation.of("token", "bob", "--demo", directory.toString());

        assertThat(call.exitCode()).isEqualTo(2);
        assertThat(call.err()).contains("--secret", "BELFRY_JWT_SECRET");
    }

    @Test
    void refusesAWeakSecretAUserIdThatIsNoneAndADurationThatIsNone() {
        assertThat(Invocation.of("token", "bob", "--secret", "short"))
                .satisfies(call -> assertThat(call.exitCode()).isEqualTo(2))
                .satisfies(call -> assertThat(call.err()).contains("at least 32"));
        assertThat(Invocation.of("token", "bo b", "--secret", SECRET).exitCode())
                .isEqualTo(2);
        assertThat(Invocation.of("token", "bob", "--secret", SECRET, "--valid-for", "soon")
                        .exitCode())
                .isEqualTo(2);
    }
}
