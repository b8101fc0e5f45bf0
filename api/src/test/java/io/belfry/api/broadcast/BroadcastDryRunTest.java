package io.belfry.api.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class BroadcastDryRunTest {
    private static final String PATH = "/v1/broadcasts:dryRun";

    private final ApiNode api;
    private final String key;

    BroadcastDryRunTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.EVENTS_EVERYONE);
    }

    /// `medium verdict reason count` of each.
    private static List<String> outcomes(JsonNode answer) {
        var outcomes = new ArrayList<String>();
        answer.path("outcomes")
                .forEach(o -> outcomes.add(String.join(
                        " ",
                        o.path("medium").asText(),
                        o.path("verdict").asText(),
                        o.path("reason").asText("-"),
                        o.path("count").asText())));
        return outcomes;
    }

    @Test
    void countsFollowersByWhatTheyChoseAndByTheirDevices() {
        api.jdbi().useTransaction(h -> {
            h.execute(
                    "insert into topic_followers (topic, user_id) select 'bd/1', 'bd-' || n from generate_series(1, 6) n");
            h.execute("insert into devices (user_id, id, token, platform)"
                    + " select 'bd-' || n, 'phone', 'bd-t-' || n, 'web' from generate_series(1, 4) n");
        });
        choose("bd-1", "{\"categories\":{\"news\":{\"inbox\":false}}}");
        choose("bd-2", "{\"categories\":{\"news\":{\"push\":false}}}");

        JsonNode answer = api.call(
                        "POST", PATH, key, "{\"audience\":\"topic\",\"topic\":\"bd/1\",\"category\":\"news\"}")
                .is(200)
                .json();

        assertThat(answer.path("recipients").asInt()).isEqualTo(6);
        assertThat(answer.path("whole").asBoolean()).isTrue();
        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder(
                        "inbox send - 5",
                        "inbox suppress muted 1",
                        "live send - 5",
                        "live suppress muted 1",
                        "push send - 2",
                        "push suppress muted 2",
                        "push suppress no_device 2");
    }

    private void choose(String user, String preferences) {
        api.call("PATCH", "/v1/preferences", api.token(user), preferences).is(200);
    }

    @Test
    void whatIsMandatoryReachesWhoMutedIt() {
        // Chosen while the category was not mandatory yet.
        api.jdbi()
                .useHandle(h -> h.execute("insert into user_preferences (user_id, settings)"
                        + " values ('bd-strict', '{\"categories\":{\"security\":{\"inbox\":false}}}')"));

        JsonNode answer = api.call(
                        "POST",
                        PATH,
                        key,
                        "{\"audience\":\"users\",\"users\":[\"bd-strict\"],\"category\":\"security\"}")
                .is(200)
                .json();

        assertThat(outcomes(answer)).containsExactly("inbox send - 1", "live send - 1", "push suppress no_device 1");
    }

    @Test
    void namesSomeOfThePeopleOfASegmentForEachReason() {
        api.jdbi()
                .useHandle(h -> h.execute("insert into users (id, attributes)"
                        + " select 'bs-' || n, '{\"plan\":\"bs\"}' from generate_series(1, 7) n"));
        api.call(
                        "PUT",
                        "/v1/segments/bs",
                        api.key(Scope.SEGMENTS_WRITE),
                        "{\"rule\":{\"attribute\":\"plan\",\"eq\":\"bs\"}}")
                .is(200);
        choose("bs-3", "{\"pausedUntil\":\"" + Instant.now().plus(Duration.ofDays(1)) + "\"}");

        JsonNode answer = api.call("POST", PATH, key, "{\"audience\":\"segment\",\"segment\":\"bs\"}")
                .is(200)
                .json();

        assertThat(outcomes(answer))
                .containsExactly(
                        "inbox send - 7",
                        "live send - 6",
                        "live suppress paused 1",
                        "push suppress no_device 6",
                        "push suppress paused 1");
        assertThat(answer.at("/outcomes/0/sample"))
                .extracting(JsonNode::asText)
                .containsExactly("bs-1", "bs-2", "bs-3", "bs-4", "bs-5");
        assertThat(answer.at("/outcomes/2/sample")).extracting(JsonNode::asText).containsExactly("bs-3");
    }

    @Test
    void namesWhatIsWrong() {
        refused("{}", "/audience");
        refused("{\"audience\":\"all\"}", "/audience");
        refused("{\"audience\":\"topic\"}", "/topic");
        refused("{\"audience\":\"users\"}", "/users");
        refused("{\"audience\":\"segment\",\"segment\":\"none\"}", "/segment");
        refused("{\"audience\":\"everyone\",\"category\":\"none\",\"priority\":\"low\"}", "/category", "/priority");
        api.call("POST", PATH, api.key(Scope.EVENTS_WRITE), "{\"audience\":\"everyone\"}")
                .isProblem(403, "forbidden");
    }

    private void refused(String body, String... pointers) {
        Answer answer = api.call("POST", PATH, key, body).isProblem(422, "invalid");
        assertThat(answer.pointers()).containsExactly(pointers);
    }
}
