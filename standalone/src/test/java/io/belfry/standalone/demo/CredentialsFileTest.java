package io.belfry.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.standalone.settings.WrongSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsFileTest {
    private static final DemoCredentials CREDENTIALS = new DemoCredentials(
            "hidden-secret",
            "bk_hidden",
            new DemoCredentials.Operator("admin@belfry.example", "hidden-password"),
            List.of(new DemoCredentials.User("alice", "hidden-token")),
            new DemoCredentials.Running("http://localhost:1", null, "postgres://a:hidden@h/d", "redis://:hidden@h"));

    private final Path directory;
    private final CredentialsFile file;

    CredentialsFileTest(@TempDir Path directory) {
        this.directory = directory;
        this.file = new CredentialsFile(directory.resolve("data"));
    }

    @Test
    void keepsEverythingForItsOwnerOnly() throws Exception {
        assertThat(file.read()).isEmpty();

        file.write(CREDENTIALS);

        assertThat(file.read()).contains(CREDENTIALS);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void losesAddressesWhenStopped() throws Exception {
        file.write(CREDENTIALS.stopped());

        assertThat(file.read()).hasValueSatisfying(read -> {
            assertThat(read.running()).isNull();
            assertThat(read.users()).isEqualTo(CREDENTIALS.users());
        });
    }

    @Test
    void leavesNoUnfinishedFiles() throws Exception {
        file.write(CREDENTIALS);
        file.write(CREDENTIALS.stopped());

        try (var files = Files.list(directory.resolve("data"))) {
            assertThat(files).containsExactly(file.path());
        }
    }

    @Test
    void saysWhatToDoWithAFileThatIsNotReadable() throws Exception {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(file.path(), "{\"jwtSecret\":");

        assertThatExceptionOfType(WrongSettings.class).isThrownBy(file::read).withMessageContaining("remove it");
    }

    @Test
    void showsNoSecrets() {
        assertThat(CREDENTIALS.toString()).doesNotContain("hidden");
    }
}
