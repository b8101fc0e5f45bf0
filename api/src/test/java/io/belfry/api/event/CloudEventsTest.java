package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import io.belfry.testkit.node.NodeProject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// CloudEvents, some of them as the official SDK sends them.
@ExtendWith(ApiExtension.class)
class CloudEventsTest {
    private static final String PATH = "/v1/cloudevents";
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NodeProject SENDER =
            new NodeProject(CloudEventsTest.class, "cloudevents-sender", List.of("send.mjs"));

    private final ApiNode api;
    private final String key;

    CloudEventsTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.EVENTS_WRITE);
    }

    private Answer structured(String body) {
        return api.call("POST", PATH, key, body, "Content-Type", STRUCTURED);
    }

    /// @param attributes without their prefix, names and values in turn
    private Answer binary(String body, String... attributes) {
        var headers = new ArrayList<>(List.of("Content-Type", "application/json"));
        for (int i = 0; i < attributes.length; i++) {
            headers.add(i % 2 == 0 ? "ce-" + attributes[i] : attributes[i]);
        }
        return api.call("POST", PATH, key, body, headers.toArray(String[]::new));
    }

    /// What the official SDK was answered.
    private JsonNode sdk(String mode, Map<?, ?>... events) throws IOException, InterruptedException {
        String options = JSON.writeValueAsString(
                Map.of("url", api.uri(PATH).toString(), "key", key, "mode", mode, "events", Arrays.asList(events)));
        Process node = new ProcessBuilder("node", "send.mjs", options)
                .directory(SENDER.directory().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        JsonNode answer = JSON.readTree(node.getInputStream());
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        return answer;
    }

    private Map<String, Object> stored(String id) {
        return api.jdbi().withHandle(h -> h.createQuery("""
                        select type, array_to_string(recipients, ',') as recipients, coalesce(topic, '') as topic,
                               coalesce(actor, '') as actor, category, priority, data::text,
                               coalesce(traceparent, '') as traceparent
                        from events where id = :id
                        """)
                .bind("id", UUID.fromString(id))
                .mapToMap()
                .one());
    }

    private static String id(Answer answer) {
        return answer.is(202).json().path("id").asText();
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "structured", "emitter"})
    void takesWhatTheOfficialSdkSends(String mode) throws IOException, InterruptedException {
        Map<String, ?> event = Map.of(
                "id", "sdk-" + mode,
                "source", "https://shop.example/orders",
                "type", "com.example.order.shipped",
                "subject", "Order 100%",
                "recipients", "sdk-ana, sdk-ben,sdk-ana",
                "actor", "sdk-cleo",
                "topic", "order/1",
                "priority", "high",
                "data", Map.of("number", 1234, "name", "Zażółć"));

        JsonNode first = sdk(mode, event);
        JsonNode again = sdk(mode, event);

        assertThat(stored(first.path("body").path("id").asText()))
                .containsEntry("type", "com.example.order.shipped")
                .containsEntry("recipients", "sdk-ana,sdk-ben")
                .containsEntry("actor", "sdk-cleo")
                .containsEntry("topic", "order/1")
                .containsEntry("priority", 1)
                .hasEntrySatisfying(
                        "data", data -> assertThat((String) data).contains("\"number\":1234", "\"name\":\"Zażółć\""));
        assertThat(again.path("body")).isEqualTo(first.path("body"));
    }

    @Test
    void takesABatchOfTheOfficialSdk() throws IOException, InterruptedException {
        JsonNode answer = sdk(
                "batch",
                Map.of("id", "b1", "source", "/b", "type", "b.one", "recipients", "sdk-ana", "data", Map.of("n", 1)),
                Map.of("id", "b2", "source", "/b", "type", "b.two", "data", Map.of("n", 2)),
                Map.of("id", "b1", "source", "/c", "type", "b.three", "topic", "b/3"));

        assertThat(answer.path("status").asInt()).isEqualTo(207);
        JsonNode results = answer.path("body").path("results");
        assertThat(results.path(0).path("status").asInt()).isEqualTo(202);
        assertThat(results.path(1)
                        .path("problem")
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo("/recipients");
        assertThat(results.path(2).path("status").asInt()).isEqualTo(202);
        assertThat(stored(results.path(2).path("id").asText()))
                .containsEntry("topic", "b/3")
                .containsEntry("data", "{}");
    }

    @Test
    void sourceAndIdAreTheIdempotencyKeyInEveryMode() {
        String first = id(
                structured(
                        "{\"specversion\":\"1.0\",\"id\":\"i 1\",\"source\":\"/i\",\"type\":\"i.x\",\"recipients\":\"ana\",\"data\":{\"a\":1.50}}"));
        Answer again = binary(
                "{\"a\":1.50}",
                "specversion",
                "1.0",
                "id",
                "i%201",
                "source",
                "/i",
                "type",
                "i.x",
                "recipients",
                "ana");
        assertThat(id(again)).isEqualTo(first);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        binary("{\"a\":2}", "specversion", "1.0", "id", "i 1", "source", "/i", "type", "i.x", "recipients", "ana")
                .isProblem(422, "idempotency-key-reused");
        // Not the same where the border between the two lies elsewhere.
        assertThat(id(binary(
                        "{}", "specversion", "1.0", "id", "1", "source", "/ii", "type", "i.x", "recipients", "ana")))
                .isNotEqualTo(id(binary(
                        "{}", "specversion", "1.0", "id", "i1", "source", "/i", "type", "i.x", "recipients", "ana")));
    }

    @Test
    void takesLongSourcesEncodedDataAndTraces() {
        String data = Base64.getEncoder().encodeToString("{\"k\":[1]}".getBytes(StandardCharsets.UTF_8));
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String id = id(structured(("{\"specversion\":\"1.0\",\"id\":\"l\",\"source\":\"/" + "x".repeat(3000)
                        + "\",\"type\":\"l.x\",\"recipients\":\"ana\",\"datacontenttype\":\"application/vnd.x+json\","
                        + "\"time\":\"2026-11-24T12:00:00Z\",\"sampled\":true,\"n\":3,\"none\":null,"
                        + "\"data_base64\":\"%s\",\"traceparent\":\"%s\"}")
                .formatted(data, trace)));
        assertThat(stored(id)).containsEntry("data", "{\"k\":[1]}").containsEntry("traceparent", trace);
        id(binary("", "specversion", "1.0", "id", "none", "source", "/l", "type", "l.x", "topic", "l/1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|/specversion,/id,/source,/type,/recipients",
                "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"recipients\":\"a\"}|/specversion",
                "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":7,\"type\":\"x\",\"recipients\":\"a\"}|/id",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"recipients\":\"a,,b c\"}|/recipients,/recipients",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"recipients\":[\"a\"]}|/recipients,/recipients",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"Recipients\":\"a\"}|/Recipients,/recipients",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a/#\"}|/topic",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"priority\":\"x\",\"category\":\"y\"}|/category,/priority",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"data\":[1]}|/data",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"data\":{\"a\":\"\\u0000\"}}|/data/a",
                "{\"specversion\":\"1.0\",\"id\":\"1\\u0000\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\"}|/id",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"data_base64\":\"*\"}|/data_base64",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"data\":{},\"data_base64\":\"e30=\"}|/data_base64",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\",\"type\":\"x\",\"topic\":\"a\",\"datacontenttype\":\"text/xml\",\"data\":\"<a/>\"}|/datacontenttype"
            })
    void saysEverythingThatIsWrong(String body, String pointers) {
        assertThat(structured(body).isProblem(422, "invalid").pointers()).containsExactly(pointers.split(",", -1));
    }

    @Test
    void refusesWhatIsNoCloudEvent() {
        api.call("POST", PATH, key, "{}").isProblem(415, "unsupported-media-type");
        structured("{").isProblem(400, "malformed");
        structured("[]").isProblem(400, "malformed");
        structured("{\"id\":1,\"id\":2}").isProblem(400, "malformed");
        structured("\"" + "x".repeat(262_144) + "\"").isProblem(413, "too-large");
        binary("{", "specversion", "1.0", "id", "1", "source", "/", "type", "x", "topic", "a")
                .isProblem(400, "malformed");
        api.call("POST", PATH, key, "{}", "Content-Type", BATCH).isProblem(400, "malformed");
        api.call("POST", PATH, key, "[]", "Content-Type", BATCH).isProblem(422, "invalid");
        api.call("POST", PATH, key, "[" + "{},".repeat(1000) + "{}]", "Content-Type", BATCH)
                .isProblem(413, "too-large");
        api.call("POST", PATH, api.key(Scope.EVENTS_READ), "{}", "Content-Type", STRUCTURED)
                .isProblem(403, "forbidden");
    }

    @Test
    void goesToSegmentsByAnAttribute() {
        api.call("PUT", "/v1/segments/ce-pro", api.key(Scope.SEGMENTS_WRITE), "{\"rule\":{\"locale\":\"de\"}}")
                .is(200);
        String event = "{\"specversion\":\"1.0\",\"id\":\"sg\",\"source\":\"/sg\",\"type\":\"sg\",\"segments\":\"%s\"}";

        String id = id(structured(event.formatted("ce-pro, ce-pro")));

        JsonNode report =
                api.get("/v1/events/" + id, api.key(Scope.EVENTS_READ)).is(200).json();
        assertThat(report.path("segments").toString()).isEqualTo("[\"ce-pro\"]");
        assertThat(report.has("everyone")).isFalse();
        assertThat(structured(event.formatted("ce-none"))
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/segments");
        assertThat(structured(event.formatted("a,".repeat(10) + "a"))
                        .isProblem(422, "invalid")
                        .pointers())
                .contains("/segments");
    }
}
