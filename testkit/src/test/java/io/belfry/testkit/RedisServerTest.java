package io.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {
    @TempDir
    private Path directory;

    @Test
    void answersWithItsPasswordOnly() throws IOException {
        try (RedisServer server = RedisServer.start(directory, 0);
                RedisConversation stranger = new RedisConversation(server.port())) {
            assertThat(server.ask("SET", "key", "value")).isEqualTo("OK");
            assertThat(server.ask("GET", "key")).isEqualTo("value");
            assertThat(server.ask("GET", "other")).isEmpty();
            assertThat(server.url()).isEqualTo("redis://:" + server.password() + "@127.0.0.1:" + server.port());
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> stranger.ask("GET", "key"))
                    .withMessageContaining("NOAUTH");
        }
    }

    @Test
    void savesNothing() throws IOException {
        try (RedisServer server = RedisServer.start(directory, 0)) {
            server.ask("SET", "key", "value");
        }
        try (RedisServer server = RedisServer.start(directory, 0)) {
            assertThat(server.ask("DBSIZE")).isEqualTo("0");
        }
    }

    @Test
    void startsAgainAfterACrash() throws Exception {
        try (RedisServer server = RedisServer.start(directory, 0)) {
            server.kill();
            assertThat(server.isRunning()).isFalse();
        }
        try (RedisServer server = RedisServer.start(directory, 0)) {
            assertThat(server.ask("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void leavesAloneAProcessThatOnlyHasThePidOfAnOldServer() throws IOException {
        Files.writeString(
                directory.resolve("redis.pid"), ProcessHandle.current().pid() + "\n");

        try (RedisServer server = RedisServer.start(directory, 0)) {
            assertThat(server.ask("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> RedisServer.start(directory, other.getLocalPort()))
                    .withMessageContaining(Integer.toString(other.getLocalPort()));
        }
    }

    @Test
    void runsTheProgramOfTheSystemInClusterMode() throws IOException {
        Path program = RedisServer.systemProgram().orElseThrow();
        try (RedisServer server = RedisServer.startTemporary(program, Map.of("cluster-enabled", "yes"))) {
            assertThat(server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")).isEqualTo("OK");
            assertThat(server.ask("INFO", "server")).contains("redis_version:7");
        }
    }

    @Test
    void saysWhyTheServerDoesNotStart() throws IOException {
        Path program = RedisServer.systemProgram().orElseThrow();
        assertThatIllegalStateException()
                .isThrownBy(() -> RedisServer.start(directory, 0, program, Map.of("maxmemory", "plenty")))
                .withMessageContaining("maxmemory");
    }
}
