package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class BatchTest {
    private static final String GOOD = "{\"type\":\"x\",\"recipients\":[\"a\"]}";

    private final ApiNode api;
    private final String key;

    BatchTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.EVENTS_WRITE);
    }

    private Answer post(String body, String... headers) {
        return api.call("POST", "/v1/events:batch", key, body, headers);
    }

    private static List<Integer> statuses(Answer answer) {
        return answer.json().path("results").findValues("status").stream()
                .map(JsonNode::asInt)
                .toList();
    }

    private long stored(String type) {
        return api.jdbi().withHandle(h -> h.createQuery(
                        "select count(*) from events e join pending_events p on p.event_id = e.id where e.type = :type")
                .bind("type", type)
                .mapTo(Long.class)
                .one());
    }

    @Test
    void acceptsAThousandInOneRequest() {
        String body = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"type\":\"batch.full\",\"recipients\":[\"u" + i + "\"],\"data\":{\"n\":" + i + "}}")
                .collect(Collectors.joining(",", "[", "]"));

        Answer answer = post(body).is(202);

        assertThat(answer.json().path("accepted").asInt()).isEqualTo(1000);
        assertThat(new HashSet<>(answer.json().path("results").findValuesAsText("id")))
                .hasSize(1000);
        assertThat(stored("batch.full")).isEqualTo(1000);
        post("[" + body.substring(1, body.length() - 1) + "," + GOOD + "]").isProblem(413, "too-large");
    }

    @Test
    void oneBadItemDoesNotFailTheRest() {
        String type = "\"type\":\"batch.mixed\",\"recipients\":[\"a\"]";
        Answer answer = post("[{" + type + "},{\"type\":\"\"},17,{" + type + ",\"id\":\"b-1\"},{" + type
                        + ",\"id\":\"b-1\"},{" + type + ",\"id\":\"b-1\",\"data\":{\"x\":1}}]")
                .is(207);

        JsonNode results = answer.json().path("results");
        assertThat(results).hasSize(6);
        assertThat(IntStream.range(0, 6).map(i -> results.get(i).path("status").asInt()))
                .containsExactly(202, 422, 422, 202, 202, 422);
        assertThat(results.get(1).path("problem").path("errors").findValuesAsText("pointer"))
                .containsExactly("/type", "/recipients");
        assertThat(results.get(4).path("id")).isEqualTo(results.get(3).path("id"));
        assertThat(results.get(4).path("replayed").asBoolean()).isTrue();
        assertThat(results.get(5).path("problem").path("type").asText()).isEqualTo("/problems/idempotency-key-reused");
        assertThat(stored("batch.mixed")).isEqualTo(2);
    }

    @Test
    void readsALineEachAndPassesOverOnesThatAreNoJson() {
        String body = GOOD + "\r\n\n{\"type\":\n" + GOOD + "\n[]\n" + GOOD;
        Answer answer = post(body, "Content-Type", "application/x-ndjson").is(207);

        assertThat(IntStream.range(0, 5).map(i -> answer.json()
                        .path("results")
                        .get(i)
                        .path("status")
                        .asInt()))
                .containsExactly(202, 400, 202, 400, 202);
    }

    @Test
    void aKeyOfTheRequestMakesOneOfEachEventHoweverOftenItIsSent() {
        String body = "[" + GOOD + "," + GOOD + "]";
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            ids.addAll(post(body, "Idempotency-Key", "batch-key")
                    .is(202)
                    .json()
                    .path("results")
                    .findValuesAsText("id"));
        }
        assertThat(ids).hasSize(2);
        post(body, "Idempotency-Key", "batch key").isProblem(422, "invalid");
    }

    @Test
    void refusesWhatIsNoBatch() {
        post("{}").isProblem(400, "malformed");
        post("[" + GOOD + ",").isProblem(400, "malformed");
        post("[" + GOOD + "]]").isProblem(400, "malformed");
        post("[]").isProblem(422, "invalid");
        post("\n\n", "Content-Type", "application/x-ndjson").isProblem(422, "invalid");
        post("[\"" + "x".repeat(4_200_000) + "\"]").isProblem(413, "too-large");
        String large = GOOD.replace("}", ",\"data\":{\"x\":\"" + "x".repeat(262_144) + "\"}}");
        assertThat(statuses(post("[" + GOOD + "," + large + "]").is(207))).containsExactly(202, 422, 422);
        api.call("POST", "/v1/events:batch", api.token("a"), "[]").isProblem(403, "forbidden");
    }
}
