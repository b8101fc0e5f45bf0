package io.belfry.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to the servers, and to those who come after, when a JVM is killed.
class AbandonedServersTest {
    private final Path postgresHome;
    private final Path redisHome;
    private Process jvm;
    private ProcessHandle postgres;
    private ProcessHandle redis;

    AbandonedServersTest(@TempDir Path directory) {
        postgresHome = directory.resolve("postgres");
        redisHome = directory.resolve("redis");
    }

    @BeforeEach
    void startThemInAnotherJvm() throws IOException {
        jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AbandonedServers.class.getName(),
                        postgresHome.toString(),
                        redisHome.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = jvm.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("ready ")) {
            line = output.readLine();
        }
        assertThat(line).as("the line that tells the pids").isNotNull();
        String[] words = line.split(" ");
        postgres = ProcessHandle.of(Long.parseLong(words[1])).orElseThrow();
        redis = ProcessHandle.of(Long.parseLong(words[2])).orElseThrow();
    }

    @AfterEach
    void leaveNothingBehind() {
        jvm.destroyForcibly();
        postgres.destroyForcibly();
        redis.destroyForcibly();
    }

    @Test
    void serversStopByThemselvesWhenTheirJvmIsKilled() throws InterruptedException {
        jvm.destroyForcibly().waitFor();

        await().atMost(10, SECONDS).until(() -> !postgres.isAlive() && !redis.isAlive());
    }

    @Test
    void theNextRunStopsServersThatNobodyGuards() throws Exception {
        killGuards();
        jvm.destroyForcibly().waitFor();
        assertThat(postgres.isAlive() && redis.isAlive()).as("orphans").isTrue();

        try (PostgresServer nextPostgres = PostgresServer.start(postgresHome, 0);
                RedisServer nextRedis = RedisServer.start(redisHome, 0)) {
            assertThat(postgres.isAlive() || redis.isAlive()).isFalse();
            assertThat(nextPostgres.isRunning() && nextRedis.isRunning()).isTrue();
        }
    }

    @Test
    void theNextRunStartsAtOnceAfterAKill() throws Exception {
        jvm.destroyForcibly().waitFor();

        try (PostgresServer nextPostgres = PostgresServer.start(postgresHome, 0);
                RedisServer nextRedis = RedisServer.start(redisHome, 0)) {
            assertThat(nextPostgres.isRunning() && nextRedis.isRunning()).isTrue();
        }
    }

    @Test
    void theNextRunStartsAfterEverythingWasKilled() throws Exception {
        killGuards();
        List<ProcessHandle> backends = postgres.descendants().toList();
        redis.destroyForcibly();
        postgres.destroyForcibly();
        jvm.destroyForcibly().waitFor();

        try (PostgresServer next = PostgresServer.start(postgresHome, 0)) {
            assertThat(next.isRunning()).isTrue();
            await().atMost(10, SECONDS).until(() -> backends.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    private void killGuards() {
        jvm.descendants()
                .filter(process -> process.info().command().orElse("").matches(".*/(sh|dash|bash|busybox)"))
                .forEach(ProcessHandle::destroyForcibly);
    }
}
