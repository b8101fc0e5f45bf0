package io.belfry.testkit.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// One `messages:send` as the simulator saw it.
///
/// @param sequence   position in the log, from 1, without gaps
/// @param receivedAt when the request had arrived whole
/// @param project    the Firebase project in the path
/// @param token      the device's token, or `/topics/…`, or empty when there was none
/// @param json       the request's `message`, compact
/// @param status     the HTTP status answered; 0 when the connection was dropped, cut or left hanging
/// @param failure    name of the [Failure] answered, or empty
/// @param delivered  whether the phone has it
/// @param messageId  the name given to an accepted message, or empty
public record ReceivedMessage(
        long sequence,
        Instant receivedAt,
        String project,
        String token,
        String json,
        int status,
        String failure,
        boolean delivered,
        String messageId) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Whether the caller was told that the message was accepted.
    public boolean accepted() {
        return status == 200;
    }

    /// The request's `message`, parsed anew on each call.
    public JsonNode message() {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Size of `message` as UTF-8 JSON, token included.
    public int sizeBytes() {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }

    public String title() {
        return message().at("/notification/title").asText("");
    }

    public String body() {
        return message().at("/notification/body").asText("");
    }

    /// A value of the data map, or empty text.
    public String data(String key) {
        return message().path("data").path(key).asText("");
    }

    /// Key by which a later message replaces this one on the phone.
    public Optional<String> collapseKey() {
        return collapseKey(message());
    }

    private static Optional<String> collapseKey(JsonNode message) {
        return firstText(
                message,
                "/android/notification/tag",
                "/apns/headers/apns-collapse-id",
                "/webpush/notification/tag",
                "/android/collapse_key");
    }

    private static Optional<String> firstText(JsonNode message, String... pointers) {
        for (String pointer : pointers) {
            String text = message.at(pointer).asText("");
            if (!text.isEmpty()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    /// The form in which the simulator's HTTP API and its event stream give it out.
    ObjectNode toJson() {
        JsonNode message = message();
        ObjectNode out = JSON.createObjectNode()
                .put("sequence", sequence)
                .put("receivedAt", receivedAt.toString())
                .put("project", project)
                .put("token", token)
                .put("accepted", accepted())
                .put("delivered", delivered)
                .put("status", status)
                .put("failure", failure)
                .put("messageId", messageId);
        ObjectNode shown = out.putObject("notification")
                .put(
                        "title",
                        firstText(message, "/notification/title", "/android/notification/title")
                                .orElse(""))
                .put(
                        "body",
                        firstText(message, "/notification/body", "/android/notification/body")
                                .orElse(""))
                .put(
                        "link",
                        firstText(message, "/data/link", "/webpush/fcm_options/link")
                                .orElse(""))
                .put("collapseKey", collapseKey(message).orElse(""))
                .put("platform", platform(message));
        JsonNode badge = message.at("/apns/payload/aps/badge");
        if (badge.isMissingNode()) {
            badge = message.at("/android/notification/notification_count");
        }
        if (badge.isNumber()) {
            shown.put("badge", badge.asInt());
        }
        out.set("message", message);
        return out;
    }

    private static String platform(JsonNode message) {
        if (message.has("apns")) {
            return "ios";
        }
        return message.has("webpush") ? "web" : "android";
    }
}
