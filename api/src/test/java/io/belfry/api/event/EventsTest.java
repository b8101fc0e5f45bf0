package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import io.belfry.core.schema.DataSchemas;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ApiExtension.class)
class EventsTest {
    private final ApiNode api;
    private final String key;

    EventsTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.EVENTS_WRITE);
    }

    private Answer post(String body, String... headers) {
        return api.call("POST", "/v1/events", key, body, headers);
    }

    @Test
    void storesWhatWasSentAsItWasSent() {
        String data =
                "{ \"b\" : 1.10, \"a\":[1e3, 12345678901234567890.5, true,\n null, \"\\u00e9\\ud83d\\ude00\\n\"], \"\\u0062\\\"\":{} }";
        String id = post("{\"type\":\"x.y\",\"recipients\":[\"ann\",\"bob\",\"ann\"],\"data\":" + data + "}")
                .is(202)
                .json()
                .path("id")
                .asText();

        String stored = api.jdbi().withHandle(h -> h.createQuery("select data::text from events where id = :id")
                .bind("id", UUID.fromString(id))
                .mapTo(String.class)
                .one());

        assertThat(stored)
                .isEqualTo("{\"b\":1.10,\"a\":[1e3,12345678901234567890.5,true,null,\"é😀\\n\"],\"b\\\"\":{}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"recipients\":[\"a\"]}|/type",
                "{\"type\":\"a b\",\"recipients\":[\"a\"]}|/type",
                "{\"type\":7,\"recipients\":[\"a\"]}|/type",
                "{\"type\":null,\"recipients\":[\"a\"]}|/type",
                "{\"type\":\"x\"}|/recipients",
                "{\"type\":\"x\",\"recipients\":[]}|/recipients",
                "{\"type\":\"x\",\"recipients\":\"a\"}|/recipients",
                "{\"type\":\"x\",\"recipients\":[\"a\",\"a b\",{\"x\":[1]},\"c\"]}|/recipients/1,/recipients/2",
                "{\"type\":\"x\",\"topic\":\"a//b\"}|/topic",
                "{\"type\":\"x\",\"topic\":\"a/#\"}|/topic",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"actor\":\"\"}|/actor",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":[1]}|/data",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":{\"b\":[\"\\u0000\"]}}}|/data/a/b/0",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":\"\\ud800\"}}|/data/a",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"\\u0000\":1}}|/data",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"id\":\"two words\"}|/id",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"category\":\"nope\"}|/category",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"priority\":\"urgent\"}|/priority",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"colour/~\":1}|/colour~1~0",
                "{\"type\":\"\",\"recipients\":[\"\"],\"topic\":\"\",\"actor\":\"\"}|/type,/recipients/0,/topic,/actor"
            })
    void saysEverythingThatIsWrong(String body, String pointers) {
        Answer answer = post(body).isProblem(422, "invalid");

        assertThat(answer.pointers()).containsExactly(pointers.split(","));
        answer.json()
                .path("errors")
                .forEach(error -> assertThat(error.path("detail").asText()).contains("expected"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":",
                "[]",
                "7",
                "{} {}",
                "{\"type\":\"x\",\"type\":\"y\",\"recipients\":[\"a\"]}",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":1,\"a\":2}}",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":NaN}}",
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":01}}"
            })
    void refusesWhatIsNoJson(String body) {
        post(body).isProblem(400, "malformed");
    }

    @Test
    void holdsDataAgainstTheSchemaOfItsType() {
        String schema =
                "{\"type\":\"object\",\"required\":[\"order\"],\"properties\":{\"items\":{\"items\":{\"type\":\"integer\"}}}}";
        api.bean(DataSchemas.class).save("schema.test", Optional.empty(), Optional.of(schema));
        post("{\"type\":\"schema.test\",\"recipients\":[\"a\"],\"data\":{\"order\":1,\"items\":[1,2]}}")
                .is(202);
        post("{\"type\":\"schema.other\",\"recipients\":[\"a\"],\"data\":{\"items\":[\"x\"]}}")
                .is(202);

        assertThat(post("{\"type\":\"schema.test\",\"recipients\":[\"a\"],\"data\":{\"items\":[1,\"2\"]}}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactlyInAnyOrder("/data", "/data/items/1");
        assertThat(post("{\"type\":\"schema.test\",\"recipients\":[\"a\"]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/data");
        Answer batch = api.call(
                "POST",
                "/v1/events:batch",
                key,
                "[{\"type\":\"schema.test\",\"recipients\":[\"a\"],\"data\":{\"order\":1}},"
                        + "{\"type\":\"schema.test\",\"recipients\":[\"a\"],\"data\":{}}]");
        assertThat(batch.is(207).json().path("refused").asInt()).isEqualTo(1);
    }

    @Test
    void refusesDepthSizeAndCompression() {
        String deep =
                "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}}";
        post(deep).isProblem(400, "malformed");
        post("\"" + "x".repeat(262_145) + "\"").isProblem(413, "too-large");
        post("\"" + "x".repeat(6_000_000) + "\"").isProblem(413, "too-large");
        post("{}", "Content-Encoding", "gzip").isProblem(415, "unsupported-media-type");
        post("<x/>", "Content-Type", "application/xml").isProblem(415, "unsupported-media-type");
        String many =
                IntStream.range(0, 100_000).mapToObj(i -> "\"u" + i + "\"").collect(Collectors.joining(","));
        post("{\"type\":\"x\",\"recipients\":[" + many.substring(0, 200_000) + "0\"]}")
                .isProblem(422, "invalid");
    }

    @Test
    void tellsOnlyAHundredFaults() {
        String wrong = IntStream.range(0, 900).mapToObj(i -> "\"\"").collect(Collectors.joining(","));
        assertThat(post("{\"type\":\"x\",\"recipients\":[" + wrong + "]}").pointers())
                .hasSize(100);
    }

    @Test
    void refusesStrangersAndForeignScopes() {
        String body = "{\"type\":\"x\",\"recipients\":[\"a\"]}";
        api.call("POST", "/v1/events", "", body).isProblem(401, "unauthorized");
        api.call("POST", "/v1/events", "bk_forged", body).isProblem(401, "unauthorized");
        api.call("POST", "/v1/events", api.token("ann"), body).isProblem(403, "forbidden");
        api.call("POST", "/v1/events", api.key(Scope.EVENTS_READ), body).isProblem(403, "forbidden");
        api.call("PATCH", "/v1/events", key, body).isProblem(405, "method-not-allowed");
        api.call("POST", "/v1/nothing", key, body).isProblem(404, "not-found");
    }

    @Test
    void aKeyMakesOneEventHoweverItComesAndHoweverTheBodyIsSpelled() {
        Set<String> ids = new HashSet<>();
        String body = "{\"type\":\"x\",\"recipients\":[\"a\"],\"data\":{\"n\":1}}";
        ids.add(id(post(body, "Idempotency-Key", "k-1").is(202)));
        Answer again = post(body, "Idempotency-Key", "\"k-1\"").is(202);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        ids.add(id(again));
        ids.add(id(post("{\"id\":\"k-1\", \"recipients\":[\"a\"],\n\"data\":{\"n\": 1},\"type\":\"x\"}")
                .is(202)));
        assertThat(ids).hasSize(1);

        post(body.replace("1}", "2}"), "Idempotency-Key", "k-1").isProblem(422, "idempotency-key-reused");
        post(body, "Idempotency-Key", "k 1").isProblem(422, "invalid");
        assertThat(post("{\"id\":\"k-2\",\"type\":\"x\",\"recipients\":[\"a\"]}", "Idempotency-Key", "k-1")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/id");

        Answer other = api.call("POST", "/v1/events", api.key(Scope.EVENTS_WRITE), body, "Idempotency-Key", "k-1");
        assertThat(id(other.is(202))).isNotIn(ids);
    }

    /// The other request's transaction holds the key, as it would on a node that is just committing, or was stopped.
    @Test
    void waitsForARequestInFlightAndThenSaysSo() {
        String inFlight = "{\"type\":\"x\",\"recipients\":[\"a\"]}";
        api.jdbi().useTransaction(h -> {
            h.createUpdate(
                            "insert into idempotency_keys (api_key_id, key, body_hash, event_id, accepted_at)"
                                    + " select id, 'k-busy', ''::bytea, uuidv7(), now() from api_keys where secret_hash = sha256(:key::bytea)")
                    .bind("key", key)
                    .execute();
            var busy = api.later("POST", "/v1/events", key, inFlight, "Idempotency-Key", "k-busy");
            // Its neighbours, in the same group or not, are not refused.
            for (int i = 0; i < 5; i++) {
                post(inFlight, "Idempotency-Key", "k-free-" + i).is(202);
            }
            Answer refused = busy.join().isProblem(409, "idempotency-key-in-flight");
            assertThat(refused.header("Retry-After")).contains("1");
        });
        post(inFlight, "Idempotency-Key", "k-busy").isProblem(422, "idempotency-key-reused");
    }

    private static String id(Answer answer) {
        return answer.json().path("id").asText();
    }
}
