package io.belfry.api.user;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Users as services describe them.
@ExtendWith(ApiExtension.class)
class UsersTest {
    private final ApiNode api;
    private final String key;

    UsersTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.USERS_WRITE);
    }

    @Test
    void replacesWhatWasKnown() {
        String first =
                "{\"locale\":\"pt-br\",\"timeZone\":\"America/Sao_Paulo\",\"attributes\":{\"plan\":\"pro\",\"n\":[1.50]}}";
        Answer put = api.call("PUT", "/v1/users/put-ana", key, first).is(200);
        assertThat(put.json().path("locale").asText()).isEqualTo("pt-BR");
        assertThat(put.json().path("attributes").path("n").path(0).asText()).isEqualTo("1.5");

        api.call("PUT", "/v1/users/put-ana", key, "{\"attributes\":{\"team\":7}}")
                .is(200);

        JsonNode now = api.get("/v1/users/put-ana", key).is(200).json();
        assertThat(now.has("locale")).isFalse();
        assertThat(now.has("timeZone")).isFalse();
        assertThat(now.path("attributes").toString()).isEqualTo("{\"team\":7}");
        assertThat(now.path("createdAt").asText())
                .isEqualTo(put.json().path("createdAt").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b_c:d@e-f", "ana@example.com", "0:x"})
    void takesEveryIdThatThereMayBe(String id) {
        api.call("PUT", "/v1/users/" + id, key, "{}").is(200);
        assertThat(api.get("/v1/users/" + id, key).is(200).json().path("id").asText())
                .isEqualTo(id);
        String longest = id + "x".repeat(128 - id.length());
        api.call("PUT", "/v1/users/" + longest, key, "{}").is(200);
        api.call("PUT", "/v1/users/" + longest + "x", key, "{}").isProblem(422, "invalid");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"locale":"de_DE"}                | /locale
            {"locale":"x"}                    | /locale
            {"locale":7}                      | /locale
            {"timeZone":"Berlin"}             | /timeZone
            {"timeZone":"+01:00"}             | /timeZone
            {"attributes":[]}                 | /attributes
            {"attributes":{"a":{"b":1e401}}}  | /attributes/a/b
            {"attributes":{"a":[1e-401]}}     | /attributes/a/0
            {"attributes":{"a":"\\u0000"}}    | /attributes/a
            {"name":"Ana"}                    | /name
            []                                | ''
            """)
    void namesEveryFault(String body, String pointer) {
        assertThat(api.call("PUT", "/v1/users/fault-ana", key, body)
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly(pointer);
        api.get("/v1/users/fault-ana", key).isProblem(404, "not-found");
    }

    @Test
    void boundsAttributes() {
        String body = "{\"attributes\":{\"a\":\"" + "x".repeat(16_384) + "\"}}";
        assertThat(api.call("PUT", "/v1/users/fat", key, body)
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/attributes");
    }

    @Test
    void storesABatchWhollyOrNotAtAll() {
        String users = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"id\":\"batch-" + i + "\",\"attributes\":{\"n\":" + i + "}}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(api.call("POST", "/v1/users:batch", key, users)
                        .is(200)
                        .json()
                        .path("stored")
                        .asInt())
                .isEqualTo(1000);
        assertThat(api.get("/v1/users/batch-999", key)
                        .json()
                        .path("attributes")
                        .path("n")
                        .asInt())
                .isEqualTo(999);

        Answer refused = api.call(
                "POST",
                "/v1/users:batch",
                key,
                "[{\"id\":\"none-1\"},{\"id\":\"no spaces\"},{\"id\":\"none-1\"},{\"timeZone\":\"Mars\"}]");
        assertThat(refused.isProblem(422, "invalid").pointers())
                .isEqualTo(List.of("/1/id", "/2/id", "/3/id", "/3/timeZone"));
        api.get("/v1/users/none-1", key).isProblem(404, "not-found");
        String tooMany = IntStream.range(0, 1001)
                .mapToObj(i -> "{\"id\":\"b" + i + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        api.call("POST", "/v1/users:batch", key, tooMany).isProblem(422, "invalid");
    }

    @Test
    void isForServicesThatMayWriteUsers() {
        String sender = api.key(Scope.EVENTS_WRITE, Scope.EVENTS_READ);
        String user = api.token("own-ana");
        for (String bearer : List.of(sender, user)) {
            api.call("PUT", "/v1/users/own-ana", bearer, "{}").isProblem(403, "forbidden");
            api.get("/v1/users/own-ana", bearer).isProblem(403, "forbidden");
            api.get("/v1/users/own-ana/export", bearer).isProblem(403, "forbidden");
            api.call("DELETE", "/v1/users/own-ana", bearer, "").isProblem(403, "forbidden");
            api.call("POST", "/v1/users:batch", bearer, "[{\"id\":\"own-ana\"}]")
                    .isProblem(403, "forbidden");
        }
        api.call("PUT", "/v1/users/own-ana", "", "{}").isProblem(401, "unauthorized");
    }
}
