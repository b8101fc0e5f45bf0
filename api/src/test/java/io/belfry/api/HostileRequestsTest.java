package io.belfry.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no client of good will sends.
@ExtendWith(ApiExtension.class)
@Timeout(value = 60, unit = SECONDS)
class HostileRequestsTest {
    private final ApiNode api;
    private final String key;

    HostileRequestsTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.EVENTS_WRITE);
    }

    @Test
    void refusesABombBeforeItGoesOff() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(api.uri("/v1/events"))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .header("Content-Encoding", "gzip")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(bomb(500_000_000)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            Answer.of(answer).isProblem(415, "unsupported-media-type");
        }
        api.call("POST", "/v1/events", key, "{\"type\":\"x\",\"recipients\":[\"a\"]}")
                .is(202);
    }

    private static byte[] bomb(int bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] chunk = new byte[1_000_000];
            for (int i = 0; i < bytes / chunk.length; i++) {
                gzip.write(chunk);
            }
        }
        return packed.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1/events HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
                "\u0001GET /v1/inbox HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /v1/inbox HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\u0000b\r\n\r\n",
                "GET /v1/inbox HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"
            })
    void neverDoesWhatAmbiguousFramingAsksFor(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", api.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
            byte[] first = socket.getInputStream().readNBytes(12);

            assertThat(new String(first, ISO_8859_1)).isIn("", "HTTP/1.1 400", "HTTP/1.0 400", "HTTP/1.1 401");
        }
    }
}
