package io.belfry.standalone.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// Somebody who uses a running Belfry by what its info file tells: the service that posts, the users' apps, and whoever
/// looks at their phones. Safe for use by several threads.
final class Caller {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonNode info;

    Caller(JsonNode info) {
        this.info = info;
    }

    static String event(String type, String recipient, String text) {
        return "{\"type\":\"" + type + "\",\"recipients\":[\"" + recipient + "\"],\"data\":{\"text\":\"" + text
                + "\"}}";
    }

    static String critical(String type, String recipient, String text) {
        return event(type, recipient, text).replaceFirst("\\{", "{\"priority\":\"critical\",");
    }

    String key() {
        return info.path("apiKey").asText();
    }

    String token(String user) {
        return StreamSupport.stream(info.path("users").spliterator(), false)
                .filter(candidate -> candidate.path("id").asText().equals(user))
                .map(found -> found.path("token").asText())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no demo user " + user));
    }

    /// Posts an event with the demo's key.
    HttpResponse<String> post(String event) throws IOException, InterruptedException {
        return post(key(), event, Optional.empty());
    }

    HttpResponse<String> post(String bearer, String event, Optional<String> idempotencyKey)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = to("/v1/events", bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(event));
        idempotencyKey.ifPresent(key -> request.header("Idempotency-Key", key));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /// Posts a JSON array of events.
    HttpResponse<String> postBatch(String events) throws IOException, InterruptedException {
        return http.send(
                to("/v1/events:batch", key())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(events))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return http.send(
                to(path, key())
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return http.send(to(path, key()).DELETE().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String bearer) throws IOException, InterruptedException {
        return http.send(to(path, bearer).build(), BodyHandlers.ofString());
    }

    /// @return the status
    int registerDevice(String user, String device, String pushToken) throws IOException, InterruptedException {
        return http.send(
                        to("/v1/devices/" + device, token(user))
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(
                                        "{\"token\":\"" + pushToken + "\",\"platform\":\"android\"}"))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    private HttpRequest.Builder to(String path, String bearer) {
        return HttpRequest.newBuilder(URI.create(info.path("url").asText() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + bearer);
    }

    /// The texts in the inbox, newest first, over all pages.
    List<String> texts(String user) throws IOException, InterruptedException {
        return items(user).stream()
                .map(item -> item.path("data").path("text").asText())
                .toList();
    }

    /// The notifications in the inbox, newest first, over all pages.
    List<JsonNode> items(String user) throws IOException, InterruptedException {
        var items = new ArrayList<JsonNode>();
        String cursor = "";
        do {
            JsonNode page = JSON.readTree(
                    get("/v1/inbox?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor), token(user))
                            .body());
            page.path("items").forEach(items::add);
            cursor = page.path("nextCursor").asText();
        } while (!cursor.isEmpty());
        return items;
    }

    /// How many pushes of events of that type the phone with that token was sent. What waited for the user before the
    /// phone was registered may be pushed to it as well, hence the type.
    long pushes(String pushToken, String type) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(
                                info.path("simulatorUrl").asText() + "/simulator/messages?token=" + pushToken))
                        .timeout(PATIENCE)
                        .build(),
                BodyHandlers.ofString());
        return StreamSupport.stream(
                        JSON.readTree(answer.body()).path("messages").spliterator(), false)
                .filter(message -> message.findValuesAsText("type").contains(type))
                .count();
    }

    /// A user's app, which is not connected yet.
    CentrifugeClient app(String user, String device) {
        return CentrifugeClient.to(info.path("wsUrl").asText())
                .token(token(user))
                .device(device)
                .start();
    }

    static String type(HttpResponse<String> problem) throws IOException {
        return JSON.readTree(problem.body()).path("type").asText();
    }

    static String id(HttpResponse<String> accepted) throws IOException {
        return JSON.readTree(accepted.body()).path("id").asText();
    }

    /// The texts that an app was sent live or recovered, in the order in which it got them.
    static List<String> texts(CentrifugeClient app) {
        return app.publications("inbox").stream()
                .map(publication -> publication.path("data").findPath("text").asText())
                .toList();
    }
}
