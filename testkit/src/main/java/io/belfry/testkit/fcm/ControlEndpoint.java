package io.belfry.testkit.fcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// `/simulator/…`: what the Java API offers, for the page and for tests in other processes.
final class ControlEndpoint {

    private static final int MAX_PAGE = 1_000;
    private static final int DEFAULT_PAGE = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FcmSimulator simulator;

    ControlEndpoint(FcmSimulator simulator) {
        this.simulator = simulator;
    }

    Answer handle(FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String route = request.method() + " " + uri.path();
        try {
            return switch (route) {
                case "GET /simulator/messages" -> messages(uri);
                case "DELETE /simulator/messages" -> clear(parameter(uri, "token"));
                case "GET /simulator/phones" -> phones();
                case "GET /simulator/state" -> state();
                case "POST /simulator/script" -> script(request);
                case "DELETE /simulator/script" -> unscript();
                default -> problem(404, "No such route: " + route);
            };
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return problem(400, e.getMessage());
        }
    }

    private Answer messages(QueryStringDecoder uri) {
        String token = parameter(uri, "token");
        String since = parameter(uri, "since");
        int limit = number(parameter(uri, "limit"), DEFAULT_PAGE);
        Predicate<ReceivedMessage> wanted = since(since);
        List<ReceivedMessage> found = simulator.messages().stream()
                .filter(wanted)
                .filter(message -> token.isEmpty() || token.equals(message.token()))
                .toList();
        // The newest are of interest when nobody says from where; from a position on, the next ones are.
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<ReceivedMessage> page = since.isEmpty()
                ? found.subList(Math.max(0, found.size() - size), found.size())
                : found.subList(0, Math.min(size, found.size()));
        ObjectNode body = JSON.createObjectNode();
        ArrayNode items = body.putArray("messages");
        page.forEach(message -> items.add(message.toJson()));
        return Answer.json(200, body);
    }

    /// A position in the log, or an instant.
    private static Predicate<ReceivedMessage> since(String since) {
        if (since.isEmpty()) {
            return message -> true;
        }
        if (since.chars().allMatch(Character::isDigit)) {
            long sequence = Long.parseLong(since);
            return message -> message.sequence() > sequence;
        }
        Instant instant = Instant.parse(since);
        return message -> message.receivedAt().isAfter(instant);
    }

    private Answer clear(String token) {
        simulator.clear(token);
        return Answer.empty(204);
    }

    private Answer phones() {
        Map<String, List<ReceivedMessage>> byToken = simulator.messages().stream()
                .filter(ReceivedMessage::delivered)
                .collect(Collectors.groupingBy(ReceivedMessage::token, LinkedHashMap::new, Collectors.toList()));
        ObjectNode body = JSON.createObjectNode();
        ArrayNode phones = body.putArray("phones");
        byToken.forEach((token, messages) -> phones.addObject()
                .put("token", token)
                .put("delivered", messages.size())
                .put("lastAt", messages.getLast().receivedAt().toString()));
        return Answer.json(200, body);
    }

    private Answer state() {
        return Answer.json(
                200,
                JSON.createObjectNode()
                        .put("received", simulator.received())
                        .put("accepted", simulator.accepted())
                        .put("delivered", simulator.delivered())
                        .put("peakInFlight", simulator.peakInFlight())
                        .put("latencyMs", simulator.latency().toMillis()));
    }

    private Answer script(FullHttpRequest request) {
        // A page elsewhere can post a form without asking, but not JSON.
        String type = String.valueOf(request.headers().get(HttpHeaderNames.CONTENT_TYPE));
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return problem(415, "Content-Type: " + type + " (expected: application/json)");
        }
        JsonNode body = parse(request.content().toString(StandardCharsets.UTF_8));
        if (body.has("latencyMs")) {
            simulator.latency(millis(body, "latencyMs"));
        }
        if (body.has("failure") || body.has("status") || body.has("ending") || body.has("delayMs")) {
            simulator.script(script(body));
        }
        return Answer.empty(204);
    }

    private Answer unscript() {
        simulator.clearScripts();
        return Answer.empty(204);
    }

    private static Script script(JsonNode body) {
        return new Script(
                Script.Target.valueOf(body.path("target").asText("SEND")),
                text(body, "token"),
                body.path("times").asInt(1),
                Script.Ending.valueOf(body.path("ending").asText("ANSWER")),
                text(body, "failure").map(Failure::valueOf),
                body.has("status") ? OptionalInt.of(body.path("status").asInt()) : OptionalInt.empty(),
                millis(body, "delayMs"),
                body.has("retryAfterSeconds")
                        ? Optional.of(Duration.ofSeconds(
                                body.path("retryAfterSeconds").asLong()))
                        : Optional.empty(),
                body.path("delivered").asBoolean(false));
    }

    private static Duration millis(JsonNode body, String field) {
        return Duration.ofMillis(body.path(field).asLong(0));
    }

    private static Optional<String> text(JsonNode body, String field) {
        return Optional.of(body.path(field).asText("")).filter(text -> !text.isEmpty());
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("body: not JSON");
        }
    }

    static String parameter(QueryStringDecoder uri, String name) {
        return uri.parameters().getOrDefault(name, List.of("")).getFirst();
    }

    private static int number(String text, int otherwise) {
        return text.isEmpty() ? otherwise : Integer.parseInt(text);
    }

    static Answer problem(int status, String detail) {
        ObjectNode body = JSON.createObjectNode().put("status", status).put("detail", detail);
        return Answer.text(status, "application/problem+json", body.toString());
    }
}
