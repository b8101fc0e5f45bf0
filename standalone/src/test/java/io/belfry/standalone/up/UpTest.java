package io.belfry.standalone.up;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.standalone.Invocation;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({PostgresExtension.class, RedisExtension.class})
class UpTest {
    private final Path scratch;
    private final Path data;

    UpTest(@TempDir Path scratch) {
        this.scratch = scratch;
        this.data = scratch.resolve("data");
    }

    private BelfryProcess demo(String... more) throws Exception {
        String[] options = {"--port", "0", "--data", data.toString()};
        return BelfryProcess.start(
                scratch,
                Map.of(),
                Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new));
    }

    /// One story, since each start costs seconds.
    @Test
    void aDemoKeepsCredentialsAndDataAcrossStopsAndCrashes() throws Exception {
        JsonNode first;
        try (BelfryProcess belfry = demo()) {
            first = belfry.awaitReady();
            assertThat(first.path("apiKey").asText()).startsWith("bk_");
            assertThat(first.path("operator").path("user").asText()).contains("@");
            assertThat(first.path("operator").path("password").asText()).hasSizeGreaterThan(11);
            assertThat(first.path("users").findValuesAsText("id")).contains("alice", "bob");
            assertThat(first.path("wsUrl").asText()).startsWith("ws://").endsWith("/connection/websocket");
            assertThat(get(first.path("url").asText() + "/health/readiness")).isEqualTo(200);
            assertThat(get(first.path("url").asText() + "/prometheus")).isEqualTo(200);
            assertThat(ask(
                            first.path("url").asText() + "/token_info",
                            "token=" + first.at("/users/0/token").asText()))
                    .as("what the security library would tell of a token to anybody")
                    .doesNotContain("active");
            assertThat(get(first.path("simulatorUrl").asText())).isEqualTo(200);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("credentials.json"))))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(data.resolve("credentials.json")))
                    .contains(first.path("url").asText());
            assertThat(belfry.output()).contains("/console", "/demo", "curl -X POST");

            send(first, "before the stop");
            List<ProcessHandle> children = belfry.children();
            assertThat(children).hasSizeGreaterThan(2);
            belfry.terminate();
            belfry.awaitExit(5);
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(Files.readString(data.resolve("credentials.json")))
                    .doesNotContain(first.path("url").asText());
        }
        List<ProcessHandle> orphans;
        try (BelfryProcess belfry = demo()) {
            JsonNode second = belfry.awaitReady();
            assertThat(withoutPorts(second)).isEqualTo(withoutPorts(first));
            assertThat(inbox(second)).containsExactly("before the stop");
            send(second, "before the crash");
            orphans = belfry.children();
            belfry.kill();
        }
        try (BelfryProcess belfry = demo()) {
            JsonNode third = belfry.awaitReady();
            assertThat(withoutPorts(third)).isEqualTo(withoutPorts(first));
            assertThat(inbox(third)).containsExactly("before the crash", "before the stop");
            await().atMost(10, SECONDS).until(() -> orphans.stream().noneMatch(ProcessHandle::isAlive));
            belfry.terminate();
            belfry.awaitExit(5);
        }
    }

    @Test
    void saysThatThePortIsTakenBeforeItStartsAnything() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                BelfryProcess belfry = BelfryProcess.start(
                        scratch,
                        Map.of(),
                        "--data",
                        data.toString(),
                        "--port",
                        Integer.toString(other.getLocalPort()))) {
            assertThat(belfry.awaitExit(20)).isEqualTo(2);
            assertThat(belfry.output()).contains(":" + other.getLocalPort(), "--port");
            assertThat(data).doesNotExist();
        }
    }

    @Test
    void runsOneRoleOnExternalServersAndMakesNothingUp(PostgresServer postgres, RedisServer redis) throws Exception {
        Map<String, String> environment = Map.of(
                "DATABASE_URL", postgres.url(),
                "REDIS_URI", redis.url(),
                "BELFRY_JWT_SECRET", "0123456789abcdef0123456789abcdef");
        try (BelfryProcess belfry = BelfryProcess.start(
                scratch,
                environment,
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--data",
                data.toString(),
                "--roles",
                "api")) {
            JsonNode info = belfry.awaitReady();

            assertThat(info.fieldNames()).toIterable().containsExactlyInAnyOrder("url", "wsUrl");
            assertThat(get(info.path("url").asText() + "/health/readiness")).isEqualTo(200);
            assertThat(belfry.output()).contains("belfry key create", "roles    api");
            assertThat(belfry.children()).isEmpty();
            assertThat(data).doesNotExist();
            belfry.terminate();
            belfry.awaitExit(10);
        }
    }

    /// Sends an event as the command line does, and waits until it is in the inbox.
    private static void send(JsonNode info, String text) throws Exception {
        Invocation sent = Invocation.of(
                "send",
                "--url",
                info.path("url").asText(),
                "--key",
                info.path("apiKey").asText(),
                "--type",
                "up.test",
                "--to",
                "alice",
                "--data",
                "{\"text\":\"" + text + "\"}");
        assertThat(sent.err()).isEmpty();
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(inbox(info)).contains(text));
    }

    private static List<String> inbox(JsonNode info) throws Exception {
        String token = info.path("users").get(0).path("token").asText();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String body = client.send(
                            HttpRequest.newBuilder(URI.create(info.path("url").asText() + "/v1/inbox"))
                                    .header("Authorization", "Bearer " + token)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return new ObjectMapper().readTree(body).path("items").findValuesAsText("text");
        }
    }

    private static int get(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static String ask(String url, String form) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(form))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static JsonNode withoutPorts(JsonNode info) {
        ObjectNode copy = info.deepCopy();
        return copy.without(List.of("url", "wsUrl", "simulatorUrl"));
    }
}
