package io.belfry.testkit.fcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FcmSimulatorTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FcmSimulator simulator = new FcmSimulator(0, 100);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        http.shutdownNow();
        simulator.close();
    }

    @Test
    void acceptsAMessageAndKeepsIt() throws Exception {
        HttpResponse<String> response = send(message("phone-1", "Hello", "World", ""));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("name").asText()).startsWith("projects/demo/messages/");
        ReceivedMessage received = simulator.messagesTo("phone-1").getFirst();
        assertThat(received.title()).isEqualTo("Hello");
        assertThat(received.accepted()).isTrue();
        assertThat(received.delivered()).isTrue();
        assertThat(received.messageId()).isEqualTo(json(response).path("name").asText());
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void answersAScriptedFailureOnceAndThenRecovers(Failure failure) throws Exception {
        simulator.script(Script.fail(failure).retryAfter(Duration.ofSeconds(7)));

        HttpResponse<String> failed = send(message("phone-1", "a", "b", ""));
        HttpResponse<String> next = send(message("phone-1", "a", "b", ""));

        assertThat(failed.statusCode()).isEqualTo(failure.status());
        assertThat(failed.headers().firstValue("Retry-After")).contains("7");
        assertThat(next.statusCode()).isEqualTo(200);
        assertThat(simulator.messages()).extracting(ReceivedMessage::delivered).containsExactly(false, true);
        assertThat(simulator.messages().getFirst().failure()).isEqualTo(failure.name());
    }

    @Test
    void namesTheFcmErrorAsTheServiceDoes() throws Exception {
        simulator.script(Script.fail(Failure.UNREGISTERED));

        JsonNode error = json(send(message("phone-1", "a", "b", ""))).path("error");

        assertThat(error.path("status").asText()).isEqualTo("NOT_FOUND");
        assertThat(error.at("/details/0/@type").asText())
                .isEqualTo("type.googleapis.com/google.firebase.fcm.v1.FcmError");
        assertThat(error.at("/details/0/errorCode").asText()).isEqualTo("UNREGISTERED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"message\":{\"token\":\"t\",\"data\":{\"n\":1}}} | message.data[0].value",
                "{\"message\":{\"token\":\"t\",\"colour\":\"red\"}} | Unknown name",
                "{\"message\":{\"token\":\"t\",\"android\":{\"priority\":\"urgent\"}}} | message.android.priority",
                "{\"message\":{\"token\":\"t\",\"android\":{\"ttl\":\"5 minutes\"}}} | message.android.ttl",
                "{\"message\":{\"token\":\"t\",\"apns\":{\"headers\":{\"apns-priority\":\"7\"}}}} | BadPriority",
                "{\"message\":{\"token\":\"t\",\"webpush\":{\"fcm_options\":{\"link\":\"http://a.example\"}}}} | HTTPS",
                "{\"message\":{\"token\":\"t\",\"topic\":\"news\"}} | oneof",
                "{\"message\":{\"notification\":{\"title\":\"t\"}}} | Recipient",
                "{\"message\":{\"token\":\"not a token\"}} | not a valid FCM registration token",
                "{\"message\":{\"token\":\"t\",\"data\":{\"from\":\"x\"}}} | Invalid data payload key",
                "not json | Invalid JSON payload",
            })
    void refusesWhatTheServiceRefuses(String body, String reason) throws Exception {
        HttpResponse<String> response = send(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asText()).contains(reason);
        assertThat(json(response).at("/error/status").asText()).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void refusesMoreThan4096BytesOfPayload() throws Exception {
        assertThat(send(message("t", "title", "é".repeat(1900), "")).statusCode())
                .isEqualTo(200);
        HttpResponse<String> response = send(message("t", "title", "é".repeat(2100), ""));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").asText()).isEqualTo("Android message is too big");
    }

    @Test
    void validatesWithoutDelivering() throws Exception {
        HttpResponse<String> response = send("{\"validate_only\":true,\"message\":{\"token\":\"phone-1\"}}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(simulator.shownOn("phone-1")).isEmpty();
    }

    @Test
    void wantsAnAccessToken() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(sendUri())
                .POST(HttpRequest.BodyPublishers.ofString(message("t", "a", "b", "")))
                .build();

        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void refusesAForgedAssertion() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.url() + "/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=e30.e30.AAAA"))
                .build();

        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("error").asText()).isEqualTo("invalid_grant");
    }

    @ParameterizedTest
    @EnumSource(
            value = Script.Ending.class,
            names = {"DROP", "RESET", "CUT"})
    void losesTheAnswerButDelivers(Script.Ending ending) {
        simulator.script(
                switch (ending) {
                    case DROP -> Script.drop().delivering();
                    case RESET -> Script.reset().delivering();
                    default -> Script.cut().delivering();
                });

        assertThatThrownBy(() -> send(message("phone-1", "a", "b", ""))).isInstanceOf(IOException.class);
        ReceivedMessage received = simulator.messagesTo("phone-1").getFirst();
        assertThat(received.accepted()).isFalse();
        assertThat(received.delivered()).isTrue();
    }

    @Test
    void hangs() {
        simulator.script(Script.hang());
        HttpRequest request = request(message("phone-1", "a", "b", ""))
                .timeout(Duration.ofMillis(300))
                .build();

        assertThatThrownBy(() -> http.send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(simulator.shownOn("phone-1")).isEmpty();
    }

    @Test
    void failsOnlyTheTokenNamed() throws Exception {
        simulator.script(Script.fail(Failure.UNREGISTERED).forToken("gone").always());

        assertThat(send(message("gone", "a", "b", "")).statusCode()).isEqualTo(404);
        assertThat(send(message("here", "a", "b", "")).statusCode()).isEqualTo(200);
        assertThat(send(message("gone", "a", "b", "")).statusCode()).isEqualTo(404);
    }

    @Test
    void replacesOnThePhoneWhatHasTheSameCollapseKey() throws Exception {
        send(message("phone-1", "3 likes", "", "likes"));
        send(message("phone-1", "A reply", "", "reply"));
        send(message("phone-1", "4 likes", "", "likes"));

        assertThat(simulator.shownOn("phone-1"))
                .extracting(ReceivedMessage::title)
                .containsExactly("A reply", "4 likes");
        assertThat(simulator.messagesTo("phone-1")).hasSize(3);
    }

    @Test
    void keepsOnlyTheLastMessages() throws Exception {
        for (int i = 0; i < 130; i++) {
            send(message("phone-1", "n" + i, "", ""));
        }

        assertThat(simulator.messages()).hasSize(100);
        assertThat(simulator.messages().getFirst().title()).isEqualTo("n30");
        assertThat(simulator.accepted()).isEqualTo(130);
    }

    @Test
    void waitsTheLatencyAndCountsWhatIsUnderWay() {
        simulator.latency(Duration.ofMillis(200));

        List<CompletableFuture<HttpResponse<String>>> sends = List.of(1, 2, 3, 4, 5).stream()
                .map(i -> http.sendAsync(
                        request(message("phone-" + i, "a", "b", "")).build(), HttpResponse.BodyHandlers.ofString()))
                .toList();
        sends.forEach(CompletableFuture::join);

        assertThat(simulator.peakInFlight()).isEqualTo(5);
    }

    @Test
    void isScriptedAndReadOverHttp() throws Exception {
        assertThat(post("/simulator/script", "{\"failure\":\"UNAVAILABLE\",\"times\":1,\"retryAfterSeconds\":3}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(send(message("phone-1", "a", "b", "")).headers().firstValue("Retry-After"))
                .contains("3");
        send(message("phone-1", "second", "b", "tag"));

        JsonNode messages =
                json(get("/simulator/messages?token=phone-1&since=1")).path("messages");

        assertThat(messages).hasSize(1);
        assertThat(messages.at("/0/notification/title").asText()).isEqualTo("second");
        assertThat(messages.at("/0/notification/collapseKey").asText()).isEqualTo("tag");
        assertThat(json(get("/simulator/phones")).at("/phones/0/token").asText())
                .isEqualTo("phone-1");
        assertThat(post("/simulator/script", "{\"failure\":\"NONSENSE\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void streamsWhatWasThereAndWhatArrives() throws Exception {
        send(message("phone-1", "before", "", ""));
        List<String> titles = new CopyOnWriteArrayList<>();
        CompletableFuture<?> stream = http.sendAsync(
                HttpRequest.newBuilder(URI.create(simulator.url() + "/simulator/events?token=phone-1"))
                        .build(),
                HttpResponse.BodyHandlers.fromLineSubscriber(new LineCollector(titles)));
        await().until(() -> titles.contains("before"));

        send(message("phone-2", "another's", "", ""));
        send(message("phone-1", "after", "", ""));

        await().until(() -> titles.contains("after"));
        assertThat(titles).containsExactly("before", "after");
        stream.cancel(true);
    }

    @Test
    void leavesNeitherPortNorConnectionOpen() throws Exception {
        for (int i = 0; i < 20; i++) {
            FcmSimulator other = new FcmSimulator(0);
            int port = other.port();
            try (Socket kept = new Socket("127.0.0.1", port)) {
                kept.setSoTimeout(5000);
                kept.getOutputStream()
                        .write("GET /simulator/state HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(kept.getInputStream().read()).isEqualTo('H');

                other.close();

                assertThat(kept.getInputStream().readAllBytes()).isNotEmpty();
            }
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void servesThePhoneUnderAStrictPolicy() throws Exception {
        HttpResponse<String> page = get("/phone/phone-1");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("style=", "onclick", "<script>");
        for (String asset : List.of("phone.css", "phone.js", "overview.css", "overview.js")) {
            assertThat(get("/assets/" + asset).statusCode()).isEqualTo(200);
        }
        assertThat(get("/").body()).contains("FCM simulator");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    private URI sendUri() {
        return URI.create(simulator.url() + "/v1/projects/demo/messages:send");
    }

    private HttpRequest.Builder request(String body) {
        return HttpRequest.newBuilder(sendUri())
                .header("Authorization", "Bearer test")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    }

    private HttpResponse<String> send(String body) throws IOException, InterruptedException {
        return http.send(request(body).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(simulator.url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(simulator.url() + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String message(String token, String title, String body, String tag) {
        var request = JSON.createObjectNode();
        var message = request.putObject("message").put("token", token);
        message.putObject("notification").put("title", title).put("body", body);
        if (!tag.isEmpty()) {
            message.putObject("android").putObject("notification").put("tag", tag);
        }
        return request.toString();
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }
}
