package io.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    private Path directory;

    @Test
    void keepsDataAcrossRestartsAndCrashes() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            execute(server, "CREATE TABLE kept (n int)");
            execute(server, "INSERT INTO kept VALUES (1)");
        }
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            execute(server, "INSERT INTO kept VALUES (2)");
            server.kill();
        }
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(query(server, "SELECT sum(n) FROM kept")).isEqualTo("3");
        }
    }

    @Test
    void isAsDurableAsProduction() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(query(server, "SHOW server_version")).startsWith("18.");
            assertThat(query(server, "SHOW fsync")).isEqualTo("on");
            assertThat(query(server, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(server, "SHOW full_page_writes")).isEqualTo("on");
        }
    }

    @Test
    void takesChangedSettings() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory, 0, java.util.Map.of("max_connections", "17"))) {
            assertThat(query(server, "SHOW max_connections")).isEqualTo("17");
        }
    }

    @Test
    void leavesAloneAProcessThatOnlyHasThePidOfAnOldServer() throws Exception {
        PostgresServer.start(directory, 0).close();
        // As after a reboot: the pid file is there, and the pid now belongs to somebody else.
        Process other = new ProcessBuilder("sleep", "600").start();
        Files.write(
                directory.resolve("data/postmaster.pid"),
                List.of(Long.toString(other.pid()), directory.resolve("data").toString(), "1", "1", "", "", "1 1"));

        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void startsOverWhenTheFirstStartWasCutShort() throws Exception {
        Files.createDirectories(directory.resolve("data.new/base"));
        Files.writeString(directory.resolve("data.new/PG_VERSION"), "18");
        Files.writeString(directory.resolve("password"), "of the first attempt");

        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> PostgresServer.start(directory, other.getLocalPort()))
                    .withMessageContaining(Integer.toString(other.getLocalPort()));
        }
    }

    @Test
    void refusesADirectoryThatAnotherServerUses() throws IOException {
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> PostgresServer.start(directory, 0))
                    .withMessageContaining("in use");
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws IOException {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "15\n");

        assertThatIllegalStateException()
                .isThrownBy(() -> PostgresServer.start(directory, 0))
                .withMessageContaining("15");
    }

    @Test
    void saysWhyTheServerDoesNotStart() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PostgresServer.start(directory, 0, java.util.Map.of("shared_buffers", "plenty")))
                .withMessageContaining("shared_buffers");
    }

    @Test
    void saysWhatToDoWhenNobodyMayRunIt() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PostgresPlace.choose(
                        directory,
                        List.of(new ServerUser(List.of("false"), null)),
                        ServerBinaries.candidates(directory)))
                .withMessageContaining(directory.toString())
                .withMessageContaining("expected");
    }

    @Test
    void aTemporaryServerTakesItsDirectoryWithIt() throws Exception {
        PostgresServer server = PostgresServer.startTemporary();
        Path home = server.log().getParent();
        assertThat(query(server, "SELECT 1")).isEqualTo("1");

        server.close();

        assertThat(home).doesNotExist();
        assertThat(server.isRunning()).isFalse();
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
