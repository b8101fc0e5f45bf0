package io.belfry.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.belfry.standalone.Invocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks at what the command says to the API; a server of the JDK stands in for it.
class SendCommandTest {
    private record Request(String path, Headers headers, JsonNode body) {}

    private final AtomicReference<Request> received = new AtomicReference<>();
    private final HttpServer server;
    private volatile int status = 202;
    private volatile String answer = "{\"id\":\"evt-1\",\"acceptedAt\":\"2026-01-01T00:00:00Z\"}";

    @TempDir
    private Path directory;

    SendCommandTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.set(new Request(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders(),
                    new ObjectMapper().readTree(exchange.getRequestBody())));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Invocation send(String... more) {
        String[] arguments = new String[more.length + 5];
        System.arraycopy(
                new String[] {
                    "send", "--url", "http://localhost:" + server.getAddress().getPort() + "/", "--key", "bk_test"
                },
                0,
                arguments,
                0,
                5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return Invocation.of(arguments);
    }

    @Test
    void postsTheEventAndPrintsItsId() throws IOException {
        Invocation call = send(
                "--type",
                "comment.created",
                "--to",
                "alice,bob",
                "--topic",
                "order/7",
                "--data",
                "{\"text\":\"Hi\"}",
                "--actor",
                "carol",
                "--priority",
                "critical",
                "--category",
                "social",
                "--idempotency-key",
                "k-1");

        assertThat(call.exitCode()).isZero();
        assertThat(call.out().strip()).isEqualTo("evt-1");
        Request request = received.get();
        assertThat(request.path()).isEqualTo("/v1/events");
        assertThat(request.headers().getFirst("Authorization")).isEqualTo("Bearer bk_test");
        assertThat(request.headers().getFirst("Idempotency-Key")).isEqualTo("k-1");
        assertThat(request.body()).isEqualTo(new ObjectMapper().readTree("""
                        {"type":"comment.created","recipients":["alice","bob"],"topic":"order/7","actor":"carol",
                         "category":"social","priority":"critical","data":{"text":"Hi"}}"""));
    }

    @Test
    void readsDataFromAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("data.json"), "{\"n\":1}");

        send("--type", "t", "--to", "alice", "--data", "@" + file);

        assertThat(received.get().body().path("data").path("n").asInt()).isEqualTo(1);
    }

    @Test
    void explainsProblems() {
        status = 400;
        answer = """
                {"type":"https://belfry.dev/problems/invalid","title":"Invalid request","status":400,
                 "detail":"1 error","errors":[{"pointer":"/recipients/0","detail":"no user id"}]}""";

        Invocation call = send("--type", "t", "--to", "alice");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.err()).contains("400 Invalid request: 1 error", "/recipients/0 no user id");
    }

    @Test
    void refusesWhatCannotWorkBeforeAsking() {
        assertThat(send("--type", "t").err()).contains("--to");
        assertThat(send("--type", "t", "--to", "a", "--data", "[1]").err()).contains("JSON object");
        assertThat(send("--type", "t", "--to", "a", "--data", "{").err()).contains("not JSON");
        assertThat(send("--type", "t", "--to", "a", "--data", "@" + directory.resolve("none"))
                        .err())
                .contains("no file");
        assertThat(received.get()).isNull();
    }

    @Test
    void saysThatNobodyAnswers() {
        server.stop(0);

        Invocation call = send("--type", "t", "--to", "alice");

        assertThat(call.exitCode()).isEqualTo(1);
        assertThat(call.err()).contains("belfry up");
    }
}
