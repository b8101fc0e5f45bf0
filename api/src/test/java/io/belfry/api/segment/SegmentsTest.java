package io.belfry.api.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Segments: their rules over real rows, and what services do with them.
@ExtendWith(ApiExtension.class)
class SegmentsTest {
    private final ApiNode api;
    private final String key;

    SegmentsTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.SEGMENTS_WRITE);
    }

    /// Only they have the attribute `sg`, which all rules here ask for.
    @BeforeEach
    void people() {
        String users = """
                [{"id":"sg-1","locale":"de-AT","timeZone":"Europe/Vienna",
                  "attributes":{"sg":true,"plan":"pro","age":17,"tags":["a","b"],"at":"2026-01-01","home":{"land":"AT"}}},
                 {"id":"sg-2","locale":"de","timeZone":"Europe/Berlin",
                  "attributes":{"sg":true,"plan":"free","age":18.0,"tags":"a","at":"2026-02-01","home":{"land":"DE"}}},
                 {"id":"sg-3","locale":"den","attributes":{"sg":true,"plan":null,"age":"18","at":7}},
                 {"id":"sg-4","attributes":{"sg":true,"plan":"proud","age":1000000000000000000000,"a/b":1,"x'":"' or true --"}}]""";
        api.call("POST", "/v1/users:batch", api.key(Scope.USERS_WRITE), users).is(200);
    }

    private List<String> picked(String rule) {
        JsonNode preview = api.call("POST", "/v1/segments:preview", key, """
                        {"rule":{"all":[{"attribute":"sg","eq":true},%s]}}""".formatted(rule))
                .is(200)
                .json();
        var users = new ArrayList<String>();
        preview.path("sample").forEach(user -> users.add(user.asText()));
        assertThat(preview.path("count").asInt()).isEqualTo(users.size());
        return users;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '§', textBlock = """
            {"attribute":"plan","eq":"pro"}                                 | sg-1
            {"not":{"attribute":"plan","eq":"pro"}}                         | sg-2 sg-3 sg-4
            {"attribute":"plan","in":["pro","free",18]}                     | sg-1 sg-2
            {"attribute":"plan","startsWith":"pro"}                         | sg-1 sg-4
            {"attribute":"plan","exists":true}                              | sg-1 sg-2 sg-4
            {"attribute":"plan","exists":false}                             | sg-3
            {"attribute":"age","eq":18}                                     | sg-2
            {"attribute":"age","gte":18}                                    | sg-2 sg-4
            {"attribute":"age","lt":17.5}                                   | sg-1
            {"attribute":"age","gt":"17"}                                   | sg-3
            {"not":{"attribute":"age","lte":18}}                            | sg-3 sg-4
            {"attribute":"at","lt":"2026-02"}                               | sg-1
            {"attribute":"tags","contains":"a"}                             | sg-1
            {"attribute":"/home/land","in":["AT","CH"]}                     | sg-1
            {"attribute":"/a~1b","eq":1}                                    | sg-4
            {"attribute":"x'","eq":"' or true --"}                          | sg-4
            {"attribute":"nobody's","eq":"x"}                               |
            {"locale":"DE"}                                                 | sg-1 sg-2
            {"locale":["de-AT","fr"]}                                       | sg-1
            {"not":{"locale":"de"}}                                         | sg-3 sg-4
            {"timeZone":["Europe/Berlin","Asia/Tokyo"]}                     | sg-2
            {"not":{"timeZone":"Europe/Berlin"}}                            | sg-1 sg-3 sg-4
            {"any":[{"attribute":"plan","eq":"free"},{"all":[{"locale":"de"},{"attribute":"age","lt":18}]}]} | sg-1 sg-2
            """)
    void picksWhoFits(String rule, String expected) {
        assertThat(String.join(" ", picked(rule))).isEqualTo(expected == null ? "" : expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '§', textBlock = """
            {}                                                       | /rule
            {"all":[]}                                               | /rule/all
            {"all":[{"any":[{"not":7}]}]}                            | /rule/all/0/any/0/not
            {"some":[]}                                              | /rule/some
            {"attribute":"a"}                                        | /rule
            {"attribute":"a","eq":1,"gt":1}                          | /rule
            {"attribute":"a","like":"x"}                             | /rule
            {"attribute":"","eq":1}                                  | /rule/attribute
            {"attribute":"/a//b","eq":1}                             | /rule/attribute
            {"attribute":"a","eq":{}}                                | /rule/eq
            {"attribute":"a","eq":1e99}                              | /rule/eq
            {"attribute":"a","in":"x"}                               | /rule/in
            {"attribute":"a","in":["x",[]]}                          | /rule/in/1
            {"attribute":"a","exists":1}                             | /rule/exists
            {"attribute":"a","gt":true}                              | /rule/gt
            {"attribute":"a","startsWith":""}                        | /rule/startsWith
            {"locale":"nothing at all"}                              | /rule/locale
            {"timeZone":"Mars/Olympus"}                              | /rule/timeZone
            {"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"locale":"de"}}}}}}}}} | /rule/not/not/not/not/not/not/not/not
            """)
    void refusesWhatIsNoRuleAndSaysWhere(String rule, String pointer) {
        String body = "{\"rule\":" + rule + "}";
        assertThat(api.call("POST", "/v1/segments:preview", key, body)
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly(pointer);
        api.call("PUT", "/v1/segments/sg-refused", key, body).isProblem(422, "invalid");
    }

    @Test
    void refusesMorePartsThanAreAllowedOnce() {
        String many = "{\"attribute\":\"a\",\"eq\":1}" + ",{\"attribute\":\"a\",\"eq\":1}".repeat(120);
        Answer refused = api.call("POST", "/v1/segments:preview", key, "{\"rule\":{\"any\":[" + many + "]}}")
                .isProblem(422, "invalid");
        assertThat(refused.pointers()).containsExactly("/rule/any/99");
    }

    @Test
    void keepsListsAndDeletesThem() {
        String rule = "{\"attribute\":\"plan\",\"eq\":\"pro\"}";
        for (String id : List.of("sg.crud-1", "sg.crud-2", "sg.crud-3")) {
            Answer saved = api.call(
                            "PUT", "/v1/segments/" + id, key, "{\"description\":\"Pays\",\"rule\":" + rule + "}")
                    .is(200);
            assertThat(saved.json().path("rule").toString()).isEqualTo(rule);
        }
        api.call("PUT", "/v1/segments/sg.crud-2", key, "{\"rule\":{\"locale\":\"de\"}}")
                .is(200);

        JsonNode changed = api.get("/v1/segments/sg.crud-2", key).is(200).json();
        assertThat(changed.path("description").asText()).isEmpty();
        assertThat(changed.path("rule").path("locale").asText()).isEqualTo("de");
        var ids = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page =
                    api.get("/v1/segments?limit=1" + cursor, key).is(200).json();
            page.path("items").forEach(item -> ids.add(item.path("id").asText()));
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(ids).contains("sg.crud-1", "sg.crud-2", "sg.crud-3").isSorted();

        api.call("DELETE", "/v1/segments/sg.crud-1", key, "").is(204);
        api.call("DELETE", "/v1/segments/sg.crud-1", key, "").isProblem(404, "not-found");
        api.get("/v1/segments/sg.crud-1", key).isProblem(404, "not-found");
        api.call("PUT", "/v1/segments/_x", key, "{\"rule\":" + rule + "}").isProblem(422, "invalid");
        api.get("/v1/segments", api.key(Scope.USERS_WRITE)).isProblem(403, "forbidden");
    }

    @Test
    void aDryRunFindsWhoIsInThem() {
        String sender = api.key(Scope.EVENTS_WRITE);
        api.call("PUT", "/v1/segments/sg-dry", key, """
                {"rule":{"all":[{"attribute":"sg","eq":true},{"locale":"de"}]}}""").is(200);
        String event = """
                {"type":"segment.test","segments":["sg-dry"],"recipients":["sg-1","sg-9"],"actor":"sg-2"}""";

        assertThat(api.call("POST", "/v1/events:dryRun", sender, event)
                        .is(200)
                        .json()
                        .path("recipients")
                        .asInt())
                .as("sg-1 once, the stranger, and not the actor")
                .isEqualTo(2);
    }

    @Test
    void eventsNameSegmentsThatThereAreAndEveryoneWithAScope() {
        String sender = api.key(Scope.EVENTS_WRITE);
        assertThat(api.call(
                                "POST",
                                "/v1/events",
                                sender,
                                "{\"type\":\"segment.test\",\"segments\":[\"sg-none\",\"no such\"]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactlyInAnyOrder("/segments", "/segments/1");
        assertThat(api.call("POST", "/v1/events", sender, "{\"type\":\"segment.test\",\"segments\":[]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/segments");
        String everyone = "{\"type\":\"segment.test\",\"everyone\":true}";
        assertThat(api.call("POST", "/v1/events", sender, everyone)
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/everyone");
        api.call("POST", "/v1/events", sender, "{\"type\":\"segment.test\",\"everyone\":false}")
                .isProblem(422, "invalid");

        String wide = api.key(Scope.EVENTS_WRITE, Scope.EVENTS_EVERYONE);
        JsonNode all =
                api.call("POST", "/v1/events:dryRun", wide, everyone).is(200).json();
        long users = api.jdbi().withHandle(h -> h.createQuery("select count(*) from users")
                .mapTo(Long.class)
                .one());
        assertThat(all.path("recipients").asLong()).isEqualTo(users);
    }

    /// What another name of the same key says is another event.
    @Test
    void theAudienceIsPartOfWhatAnEventSays() {
        String sender = api.key(Scope.EVENTS_WRITE);
        api.call("PUT", "/v1/segments/sg-key", key, "{\"rule\":{\"attribute\":\"sg-key\",\"exists\":true}}")
                .is(200);
        String plain = "{\"type\":\"segment.test\",\"recipients\":[\"sg-1\"],\"id\":\"sg-key-1\"%s}";
        api.call("POST", "/v1/events", sender, plain.formatted("")).is(202);
        api.call("POST", "/v1/events", sender, plain.formatted(",\"segments\":[\"sg-key\"]"))
                .isProblem(422, "idempotency-key-reused");
    }
}
