package io.belfry.testkit.fcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What the service checks before it accepts a message, as far as its published rules go. Pure.
final class MessageRules {

    static final int MAX_PAYLOAD_BYTES = 4096;
    static final int MAX_TOPIC_PAYLOAD_BYTES = 2048;

    private static final int MAX_COLLAPSE_ID_BYTES = 64;
    private static final double MAX_TTL_SECONDS = 28 * 24 * 3600.0;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_:.~%-]{1,4096}");
    private static final Pattern DURATION = Pattern.compile("\\d{1,12}(\\.\\d{1,9})?s");
    private static final Set<String> RESERVED_KEYS = Set.of("from", "notification", "message_type");
    private static final List<String> TARGETS = List.of("token", "topic", "condition", "fid");

    /// The fields of each object the service knows, in snake case; it also takes camel case.
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "message",
            Set.of(
                    "name",
                    "data",
                    "notification",
                    "android",
                    "webpush",
                    "apns",
                    "fcm_options",
                    "token",
                    "topic",
                    "condition",
                    "fid"),
            "message.notification",
            Set.of("title", "body", "image"),
            "message.android",
            Set.of(
                    "collapse_key",
                    "priority",
                    "ttl",
                    "restricted_package_name",
                    "data",
                    "notification",
                    "fcm_options",
                    "direct_boot_ok",
                    "bandwidth_constrained_ok",
                    "restricted_satellite_ok"),
            "message.android.notification",
            Set.of(
                    "title",
                    "body",
                    "icon",
                    "color",
                    "sound",
                    "tag",
                    "click_action",
                    "body_loc_key",
                    "body_loc_args",
                    "title_loc_key",
                    "title_loc_args",
                    "channel_id",
                    "ticker",
                    "sticky",
                    "event_time",
                    "local_only",
                    "notification_priority",
                    "default_sound",
                    "default_vibrate_timings",
                    "default_light_settings",
                    "vibrate_timings",
                    "visibility",
                    "notification_count",
                    "light_settings",
                    "image",
                    "proxy"),
            "message.apns",
            Set.of("headers", "payload", "fcm_options", "live_activity_token"),
            "message.webpush",
            Set.of("headers", "data", "notification", "fcm_options"),
            "message.webpush.fcm_options",
            Set.of("link", "analytics_label"));

    private MessageRules() {}

    /// The error the service would answer, or empty when it would accept.
    static Optional<Answer> check(JsonNode request) {
        if (!request.isObject()) {
            return invalid("Invalid JSON payload received. Unexpected token.");
        }
        JsonNode message = request.path("message");
        if (!message.isObject()) {
            return invalid("Request contains an invalid argument.");
        }
        return unknownFields(message)
                .or(() -> target(message))
                .or(() -> data(message.path("data"), "message.data"))
                .or(() -> data(message.path("android").path("data"), "message.android.data"))
                .or(() -> android(message.path("android")))
                .or(() -> apns(message.path("apns")))
                .or(() -> webpush(message.path("webpush")))
                .or(() -> size(message));
    }

    /// The one target of a message, or empty text.
    static String targetOf(JsonNode message) {
        String topic = message.path("topic").asText("");
        return topic.isEmpty()
                ? message.path("token").asText(message.path("fid").asText(""))
                : "/topics/" + topic;
    }

    private static Optional<Answer> unknownFields(JsonNode message) {
        return FIELDS.entrySet().stream()
                .flatMap(known -> at(message, known.getKey()).properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(name -> !known.getValue().contains(name)
                                && !known.getValue().contains(snakeCase(name)))
                        .map(name -> "Invalid JSON payload received. Unknown name \"" + name + "\" at '"
                                + known.getKey() + "': Cannot find field."))
                .findFirst()
                .flatMap(MessageRules::invalid);
    }

    private static JsonNode at(JsonNode message, String path) {
        return message.at(path.substring("message".length()).replace('.', '/'));
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Optional<Answer> target(JsonNode message) {
        List<String> targets = TARGETS.stream().filter(message::has).toList();
        if (targets.isEmpty()) {
            return Optional.of(Failure.INVALID_TOKEN.answer("Recipient of the message is not set."));
        }
        if (targets.size() > 1) {
            return invalid("Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '"
                    + targets.get(1) + "'");
        }
        JsonNode token = message.path("token");
        if (!token.isMissingNode()
                && !(token.isTextual() && TOKEN.matcher(token.asText()).matches())) {
            return Optional.of(Failure.INVALID_TOKEN.answer());
        }
        return Optional.empty();
    }

    private static Optional<Answer> data(JsonNode data, String path) {
        int index = 0;
        for (Map.Entry<String, JsonNode> entry : data.properties()) {
            if (!entry.getValue().isTextual()) {
                return invalid(
                        "Invalid value at '" + path + "[" + index + "].value' (TYPE_STRING), " + entry.getValue());
            }
            String key = entry.getKey();
            if (RESERVED_KEYS.contains(key) || key.startsWith("google") || key.startsWith("gcm")) {
                return Optional.of(Failure.INVALID_TOKEN.answer("Invalid data payload key: " + key));
            }
            index++;
        }
        return Optional.empty();
    }

    private static Optional<Answer> android(JsonNode android) {
        String priority = android.path("priority").asText("NORMAL").toUpperCase(Locale.ROOT);
        if (!Set.of("NORMAL", "HIGH").contains(priority)) {
            return invalid("Invalid value at 'message.android.priority'"
                    + " (type.googleapis.com/google.firebase.fcm.v1.AndroidMessagePriority), \"" + priority + "\"");
        }
        String ttl = android.path("ttl").asText("0s");
        if (!DURATION.matcher(ttl).matches()
                || Double.parseDouble(ttl.substring(0, ttl.length() - 1)) > MAX_TTL_SECONDS) {
            return invalid("Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration), \""
                    + ttl + "\"");
        }
        JsonNode count = android.at("/notification/notification_count");
        if (!count.isMissingNode() && !(count.isInt() && count.asInt() >= 0)) {
            return invalid("Invalid value at 'message.android.notification.notification_count' (TYPE_INT32), " + count);
        }
        return Optional.empty();
    }

    private static Optional<Answer> apns(JsonNode apns) {
        for (Map.Entry<String, JsonNode> header : apns.path("headers").properties()) {
            if (!header.getValue().isTextual()) {
                return invalid("Invalid value at 'message.apns.headers[0].value' (TYPE_STRING), " + header.getValue());
            }
        }
        String priority = apns.at("/headers/apns-priority").asText("10");
        if (!Set.of("1", "5", "10").contains(priority)) {
            return invalid("Invalid value at 'message.apns.headers' BadPriority: " + priority);
        }
        if (utf8(apns.at("/headers/apns-collapse-id").asText("")) > MAX_COLLAPSE_ID_BYTES) {
            return invalid("Invalid value at 'message.apns.headers' BadCollapseId");
        }
        if (!apns.at("/headers/apns-expiration").asText("0").matches("\\d{1,12}")) {
            return invalid("Invalid value at 'message.apns.headers' BadExpirationDate");
        }
        return Optional.empty();
    }

    private static Optional<Answer> webpush(JsonNode webpush) {
        JsonNode link = webpush.at("/fcm_options/link");
        if (!link.isMissingNode() && !isHttps(link.asText(""))) {
            return invalid("Invalid value at 'message.webpush.fcm_options.link': must be an HTTPS URL");
        }
        return Optional.empty();
    }

    private static boolean isHttps(String link) {
        try {
            URI uri = URI.create(link);
            return "https".equals(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Answer> size(JsonNode message) {
        int limit = message.has("topic") ? MAX_TOPIC_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES;
        // The whole is never smaller than what counts of it, and most messages are small.
        return compact(message) > limit && payloadBytes(message) > limit
                ? Optional.of(Failure.TOO_BIG.answer())
                : Optional.empty();
    }

    /// Keys and values of what travels to the phone: data, notification and the larger of the platforms' blocks.
    static int payloadBytes(JsonNode message) {
        int common = compact(message.path("data")) + compact(message.path("notification"));
        int android = compact(message.at("/android/data")) + compact(message.at("/android/notification"));
        int apns = compact(message.at("/apns/payload"));
        int webpush = compact(message.at("/webpush/data")) + compact(message.at("/webpush/notification"));
        return common + Math.max(android, Math.max(apns, webpush));
    }

    private static int compact(JsonNode node) {
        return node.isMissingNode() ? 0 : utf8(node.toString());
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Optional<Answer> invalid(String text) {
        return Optional.of(Failure.INVALID_ARGUMENT.answer(text));
    }
}
