package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class DryRunTest {
    private final ApiNode api;
    private final String sender;

    DryRunTest(ApiNode api) {
        this.api = api;
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    private JsonNode run(String event) {
        return api.call("POST", "/v1/events:dryRun", sender, event).is(200).json();
    }

    /// `medium verdict reason count sample` of each.
    private static List<String> outcomes(JsonNode answer) {
        var outcomes = new ArrayList<String>();
        answer.path("outcomes")
                .forEach(o -> outcomes.add(String.join(
                        " ",
                        o.path("medium").asText(),
                        o.path("verdict").asText(),
                        o.path("reason").asText("-"),
                        o.path("count").asText(),
                        o.path("sample").path(0).asText())));
        return outcomes;
    }

    private long rows(String table) {
        return api.jdbi().withHandle(h -> h.createQuery("select count(*) from " + table)
                .mapTo(Long.class)
                .one());
    }

    @Test
    void countsByReasonWithASampleAndDoesNothing() {
        api.call("PUT", "/v1/devices/phone", api.token("d-phone"), "{\"token\":\"d-t\",\"platform\":\"web\"}")
                .is(200);
        api.call("PATCH", "/v1/preferences", api.token("d-mute"), "{\"categories\":{\"general\":{\"inbox\":false}}}")
                .is(200);
        api.jdbi()
                .useHandle(h -> h.execute("insert into topic_followers (topic, user_id) values ('d/1', 'd-follower'),"
                        + " ('d/1', 'd-phone'), ('d/1', 'd-actor')"));
        String event =
                "{\"type\":\"dry.run\",\"recipients\":[\"d-phone\",\"d-mute\"],\"topic\":\"d/1\",\"actor\":\"d-actor\","
                        + "\"throttle\":{\"limit\":1,\"window\":\"PT1H\"},\"dedupe\":\"PT1H\"}";
        long events = rows("events");
        long uses = rows("recent_uses");

        JsonNode answer = run(event);

        assertThat(answer.path("recipients").asInt()).isEqualTo(3);
        assertThat(answer.path("whole").asBoolean()).isTrue();
        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder(
                        "inbox send - 2 d-phone",
                        "inbox suppress muted 1 d-mute",
                        "live send - 2 d-phone",
                        "live suppress muted 1 d-mute",
                        "push send - 1 d-phone",
                        "push suppress muted 1 d-mute",
                        "push suppress no_device 1 d-follower");
        assertThat(run(event)).as("nothing was counted").isEqualTo(answer);
        assertThat(rows("events")).isEqualTo(events);
        assertThat(rows("recent_uses")).isEqualTo(uses);
    }

    /// More than a page, by topic, filters and name: each counts once, as in dispatching.
    @Test
    void countsWhoFollowsWithAWildcardOnce() {
        api.jdbi().useHandle(h -> h.execute("""
                        insert into topic_followers (topic, user_id)
                        select filter, 'dw-' || lpad(i::text, 5, '0')
                        from unnest('{dw/1,dw/#,dw/1/#}'::text[]) filter, generate_series(0, 1499) i
                        union all select 'dw/#', 'dw-wide' union all select 'dw/1/2', 'dw-other'"""));

        JsonNode answer = run(
                "{\"type\":\"dry.run\",\"topic\":\"dw/1\",\"recipients\":[\"dw-00007\",\"dw-named\"],\"actor\":\"dw-00008\"}");

        assertThat(answer.path("recipients").asInt()).isEqualTo(1501);
        assertThat(answer.path("whole").asBoolean()).isTrue();
    }

    @Test
    void refusesWhatSendingRefuses() {
        assertThat(api.call("POST", "/v1/events:dryRun", sender, "{\"type\":\"dry.run\"}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/recipients");
        api.call("POST", "/v1/events:dryRun", api.key(Scope.EVENTS_READ), "{}").isProblem(403, "forbidden");
    }

    /// Nobody is on the list of testers here.
    @Test
    void aKeyForTestsReachesNobodyButTesters() {
        String tests = api.bean(ApiKeys.class)
                .create("tests", Set.of(Scope.EVENTS_WRITE), ApiKey.Kind.TEST)
                .secret();
        String event = "{\"type\":\"dry.sandbox\",\"recipients\":[\"d-real\"]}";

        JsonNode answer =
                api.call("POST", "/v1/events:dryRun", tests, event).is(200).json();
        String id = api.call("POST", "/v1/events", tests, event)
                .is(202)
                .json()
                .path("id")
                .asText();

        assertThat(outcomes(answer))
                .containsExactly(
                        "inbox suppress sandboxed 1 d-real",
                        "live suppress sandboxed 1 d-real",
                        "push suppress sandboxed 1 d-real");
        assertThat(outcomes(run(event))).contains("inbox send - 1 d-real");
        String test = api.jdbi().withHandle(h -> h.createQuery("select options ->> 'test' from events where id = :id")
                .bind("id", UUID.fromString(id))
                .mapTo(String.class)
                .one());
        assertThat(test).isEqualTo("true");
    }
}
