package io.belfry.standalone.up;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From POST to the inbox, on the whole process with real servers.
class PathTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path scratch;

    PathTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    /// One story, since each start costs seconds.
    @Test
    void whatWasAcceptedIsInEachInboxOnceWhateverHappens() throws Exception {
        Queue<String> accepted = new ConcurrentLinkedQueue<>();
        try (BelfryProcess belfry = demo()) {
            JsonNode info = belfry.awaitReady();
            refusesWhatIsWrong(info);
            onlyTheRecipientsGetIt(info);
            oneKeyMakesOneEvent(info);
            twoEventsForOnePersonKeepTheirOrder(info);
            anOfflineUserIsPushedToOnce(info);
            killWhilePosting(belfry, info, accepted);
        }
        try (BelfryProcess belfry = demo()) {
            JsonNode info = belfry.awaitReady();
            assertThat(accepted).hasSizeGreaterThan(20);
            await().atMost(20, SECONDS).untilAsserted(() -> {
                List<String> inbox = texts(info, "alice");
                assertThat(inbox).doesNotHaveDuplicates();
                assertThat(inbox).containsAll(accepted);
            });
            belfry.terminate();
            belfry.awaitExit(10);
        }
    }

    private void refusesWhatIsWrong(JsonNode info) throws Exception {
        assertProblem(info, "{\"type\":\"a b\",\"recipients\":[\"alice\"]}", 422, "/problems/invalid");
        assertProblem(info, "{\"type\":\"x\"}", 422, "/problems/invalid");
        assertProblem(info, "{\"type\":", 400, "/problems/malformed");
        assertProblem(info, "{\"type\":\"x\",\"type\":\"y\",\"recipients\":[\"alice\"]}", 400, "/problems/malformed");
        assertProblem(info, event("x", "alice", "\\u0000"), 422, "/problems/invalid");
        assertProblem(info, "\"" + "x".repeat(300_000) + "\"", 413, "/problems/too-large");
        assertThat(post(info, "bk_forged", event("x", "alice", "a"), null).statusCode())
                .isEqualTo(401);
        assertThat(post(info, token(info, "alice"), event("x", "alice", "a"), null)
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(info, "/v1/inbox", info.path("apiKey").asText()).statusCode())
                .isEqualTo(403);
        assertThat(get(info, "/v1/inbox", token(info, "alice") + "x").statusCode())
                .isEqualTo(401);
        assertThat(texts(info, "alice")).isEmpty();
    }

    private void onlyTheRecipientsGetIt(JsonNode info) throws Exception {
        assertThat(post(info, key(info), event("hello", "alice", "for alice"), null)
                        .statusCode())
                .isEqualTo(202);
        await().atMost(10, SECONDS).until(() -> texts(info, "alice").equals(List.of("for alice")));
        assertThat(texts(info, "bob")).isEmpty();
    }

    private void oneKeyMakesOneEvent(JsonNode info) throws Exception {
        Set<String> ids = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(threads.submit(() -> post(info, key(info), event("once", "bob", "once"), "the-key")));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(202);
                ids.add(JSON.readTree(answer.get().body()).path("id").asText());
            }
        }
        assertThat(ids).hasSize(1);
        await().atMost(10, SECONDS).until(() -> texts(info, "bob").equals(List.of("once")));
        assertThat(post(info, key(info), event("once", "bob", "twice"), "the-key")
                        .statusCode())
                .isEqualTo(422);
    }

    private void twoEventsForOnePersonKeepTheirOrder(JsonNode info) throws Exception {
        for (int i = 0; i < 30; i++) {
            post(info, key(info), event("ordered", "bob", "n" + i), null);
        }
        await().atMost(10, SECONDS).until(() -> texts(info, "bob").size() == 31);
        List<String> newestFirst = texts(info, "bob");
        for (int i = 0; i < 30; i++) {
            assertThat(newestFirst.get(i)).isEqualTo("n" + (29 - i));
        }
    }

    /// Nobody listens on bob's feed: the push follows after the grace, at once when it is critical.
    private void anOfflineUserIsPushedToOnce(JsonNode info) throws Exception {
        HttpResponse<String> registered = http.send(
                HttpRequest.newBuilder(URI.create(info.path("url").asText() + "/v1/devices/phone-1"))
                        .header("Authorization", "Bearer " + token(info, "bob"))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"token\":\"bobs-phone\",\"platform\":\"android\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(registered.statusCode()).isEqualTo(200);
        post(info, key(info), event("parcel.arrived", "bob", "push me"), null);
        await().atMost(5, SECONDS).until(() -> pushes(info, "parcel.arrived") == 1);
        String critical =
                event("parcel.lost", "bob", "now").replace("{\"type\"", "{\"priority\":\"critical\",\"type\"");
        post(info, key(info), critical, null);
        await().atMost(2, SECONDS).until(() -> pushes(info, "parcel.lost") == 1);
        assertThat(pushes(info, "parcel.arrived")).isEqualTo(1);
    }

    /// How many pushes of that type bob's phone was sent. His earlier events may be pushed to it, too: they were
    /// waiting
    /// when it was registered.
    private long pushes(JsonNode info, String type) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(
                                URI.create(info.path("simulatorUrl").asText() + "/simulator/messages?token=bobs-phone"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return StreamSupport.stream(
                        JSON.readTree(answer.body()).path("messages").spliterator(), false)
                .filter(message -> message.findValuesAsText("type").contains(type))
                .count();
    }

    private void killWhilePosting(BelfryProcess belfry, JsonNode info, Queue<String> accepted) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < 4; t++) {
                String name = "t" + t + "-";
                threads.submit(() -> {
                    for (int i = 0; ; i++) {
                        if (post(info, key(info), event("load", "alice", name + i), null)
                                        .statusCode()
                                == 202) {
                            accepted.add(name + i);
                        }
                    }
                });
            }
            await().atMost(20, SECONDS).until(() -> accepted.size() > 40);
            belfry.kill();
            belfry.awaitExit(10);
        }
    }

    private BelfryProcess demo() throws IOException {
        return BelfryProcess.start(
                scratch,
                Map.of(),
                "--port",
                "0",
                "--data",
                scratch.resolve("data").toString());
    }

    private void assertProblem(JsonNode info, String body, int status, String type) throws Exception {
        HttpResponse<String> answer = post(info, key(info), body, null);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(JSON.readTree(answer.body()).path("type").asText()).isEqualTo(type);
    }

    private static String event(String type, String recipient, String text) {
        return "{\"type\":\"" + type + "\",\"recipients\":[\"" + recipient + "\"],\"data\":{\"text\":\"" + text
                + "\"}}";
    }

    private static String key(JsonNode info) {
        return info.path("apiKey").asText();
    }

    private static String token(JsonNode info, String user) {
        for (JsonNode candidate : info.path("users")) {
            if (candidate.path("id").asText().equals(user)) {
                return candidate.path("token").asText();
            }
        }
        throw new AssertionError("no demo user " + user);
    }

    /// The texts in the inbox, newest first, over all pages.
    private List<String> texts(JsonNode info, String user) throws Exception {
        var texts = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = JSON.readTree(
                    get(info, "/v1/inbox?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor), token(info, user))
                            .body());
            page.path("items")
                    .forEach(item -> texts.add(item.path("data").path("text").asText()));
            cursor = page.path("nextCursor").asText();
        } while (!cursor.isEmpty());
        return texts;
    }

    private HttpResponse<String> get(JsonNode info, String path, String bearer) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(info.path("url").asText() + path))
                        .header("Authorization", "Bearer " + bearer)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(JsonNode info, String bearer, String body, String idempotencyKey)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(info.path("url").asText() + "/v1/events"))
                .header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
