package io.belfry.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.standalone.Invocation;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({PostgresExtension.class, RedisExtension.class})
class DoctorTest {
    @TempDir
    private Path directory;

    @Test
    void isContentWithThisMachine() {
        Invocation call = Invocation.of("doctor", "--port", "0", "--data", directory.toString());

        assertThat(call.out()).contains("ok    Java", "Limits", "Data directory", "Users' tokens", "Firebase");
        assertThat(call.exitCode()).isZero();
    }

    @Test
    void looksIntoExternalServers(PostgresServer postgres, RedisServer redis) {
        List<Finding> findings = ServerChecks.run(Map.of("DATABASE_URL", postgres.url(), "REDIS_URI", redis.url()));

        assertThat(findings)
                .anySatisfy(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(Finding.Good.class, good -> assertThat(good.detail())
                                .startsWith("18.")))
                // Servers for tests do without fsync.
                .anySatisfy(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(Finding.Bad.class, bad -> assertThat(bad.detail())
                                .contains("fsync off")))
                .anySatisfy(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(Finding.Doubtful.class, doubtful -> assertThat(doubtful.subject())
                                .isEqualTo("Schema")))
                .anySatisfy(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(Finding.Good.class, good -> assertThat(good.detail())
                                .startsWith("6.2")));
    }

    @Test
    void saysWhatIsWrongWithServersThatDoNotAnswer() {
        List<Finding> findings = ServerChecks.run(
                Map.of("DATABASE_URL", "postgres://a:secret@127.0.0.1:1/b", "REDIS_URI", "redis://127.0.0.1:1"));

        assertThat(findings).hasSize(2).allSatisfy(finding -> assertThat(finding)
                .isInstanceOf(Finding.Bad.class));
        assertThat(findings.toString()).doesNotContain("secret");
    }

    @Test
    void checksSecretsWithoutShowingThem() throws IOException {
        Path account = Files.writeString(directory.resolve("account.json"), "{\"project_id\":\"p\"}");

        List<Finding> findings = SecretChecks.run(
                Map.of("BELFRY_JWT_SECRET", "hunter2", "BELFRY_FIREBASE_CREDENTIALS", account.toString()));

        assertThat(findings).hasSize(2).allSatisfy(finding -> assertThat(finding)
                .isInstanceOf(Finding.Bad.class));
        assertThat(findings.toString()).doesNotContain("hunter2").contains("client_email");
    }

    @Test
    void warnsOfFewDescriptors() {
        assertThat(MachineChecks.descriptors(1024)).isInstanceOf(Finding.Doubtful.class);
    }
}
