package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an event may ask of its delivery, and taking it back.
@ExtendWith(ApiExtension.class)
class OptionsTest {
    private final ApiNode api;
    private final String sender;

    OptionsTest(ApiNode api) {
        this.api = api;
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    private Answer send(String options) {
        return api.call(
                "POST", "/v1/events", sender, "{\"type\":\"opt.test\",\"recipients\":[\"o-ana\"]," + options + "}");
    }

    @Test
    void whatIsPutOffSaysWhenItWasAcceptedAndWhenItIsDue() {
        JsonNode answer = send("\"delay\":\"PT1H\",\"ttl\":\"PT10M\",\"id\":\"opt-delay\"")
                .is(202)
                .json();

        Instant accepted = Instant.parse(answer.path("acceptedAt").asText());
        Instant due = Instant.parse(answer.path("deliverAt").asText());
        assertThat(Duration.between(accepted, due)).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
        JsonNode replay = send("\"delay\":\"PT1H\",\"ttl\":\"PT10M\",\"id\":\"opt-delay\"")
                .is(202)
                .json();
        assertThat(replay).isEqualTo(answer);
        JsonNode report = api.get("/v1/events/" + answer.path("id").asText(), sender)
                .is(200)
                .json();
        assertThat(report.path("state").asText()).isEqualTo("scheduled");
        assertThat(report.path("dueAt").asText())
                .isEqualTo(answer.path("deliverAt").asText());
    }

    @Test
    void otherOptionsMakeAnotherBody() {
        send("\"id\":\"opt-body\",\"ttl\":\"PT1H\"").is(202);
        send("\"id\":\"opt-body\",\"ttl\":\"PT2H\"").isProblem(422, "idempotency-key-reused");
        send("\"id\":\"opt-body\",\"collapseKey\":\"PT1H\"").isProblem(422, "idempotency-key-reused");
    }

    @Test
    void aDigestIsPartOfWhatWasAsked() {
        send("\"id\":\"opt-digest\",\"digest\":{\"window\":\"PT1H\",\"longest\":\"PT2H\",\"key\":\"k\"}")
                .is(202);
        send("\"id\":\"opt-digest\",\"digest\":{\"window\":\"PT1H\",\"longest\":\"PT2H\",\"key\":\"k\"}")
                .is(202);
        send("\"id\":\"opt-digest\",\"digest\":{\"window\":\"PT1H\"}").isProblem(422, "idempotency-key-reused");
        String options = api.jdbi().withHandle(h -> h.createQuery(
                        "select options ->> 'digest' from events where options ->> 'digest' is not null")
                .mapTo(String.class)
                .first());
        assertThat(options)
                .isEqualTo("{\"window\":\"PT1H\",\"longest\":\"PT2H\",\"key\":\"k\",\"type\":\"opt.test.digest\"}");
    }

    @Test
    void whatIsDueAlreadyIsNotPutOff() {
        JsonNode answer =
                send("\"deliverAt\":\"2020-01-01T00:00:00+02:00\"").is(202).json();

        assertThat(answer.has("deliverAt")).isFalse();
        assertThat(api.get("/v1/events/" + answer.path("id").asText(), sender)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("pending");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"deliverAt\":\"tomorrow\"|/deliverAt",
                "\"deliverAt\":\"2199-01-01T00:00:00Z\"|/deliverAt",
                "\"deliverAt\":\"2027-01-01T00:00:00Z\",\"delay\":\"PT1H\"|/delay",
                "\"delay\":\"an hour\"|/delay",
                "\"delay\":\"-PT1H\"|/delay",
                "\"delay\":\"P400D\"|/delay",
                "\"delay\":60|/delay",
                "\"ttl\":\"PT0S\"|/ttl",
                "\"collapseKey\":\"\"|/collapseKey",
                "\"cancellationKey\":\"a b\"|/cancellationKey",
                "\"dedupe\":\"PT0.5S\"|/dedupe",
                "\"throttle\":3|/throttle",
                "\"digest\":3|/digest",
                "\"repeatUntilAcknowledged\":3|/repeatUntilAcknowledged",
                "\"repeatUntilAcknowledged\":{}|/repeatUntilAcknowledged/every",
                "\"repeatUntilAcknowledged\":{\"every\":\"PT1S\"}|/repeatUntilAcknowledged/every",
                "\"repeatUntilAcknowledged\":{\"every\":\"PT1M\",\"times\":0}|/repeatUntilAcknowledged/times",
                "\"repeatUntilAcknowledged\":{\"every\":\"PT1M\",\"then\":[\"a\"]}|/repeatUntilAcknowledged/then",
                "\"repeatUntilAcknowledged\":{\"every\":\"PT1M\",\"then\":[\"a b\"]}|/repeatUntilAcknowledged/then",
                "\"repeatUntilAcknowledged\":{\"every\":\"PT1M\",\"by\":1}|/repeatUntilAcknowledged/by",
                "\"digest\":{}|/digest/window",
                "\"digest\":{\"window\":\"PT1S\"}|/digest/window",
                "\"digest\":{\"window\":\"PT1H\",\"longest\":\"PT1M\"}|/digest/longest",
                "\"digest\":{\"window\":\"PT1H\",\"key\":\"\"}|/digest/key",
                "\"digest\":{\"window\":\"PT1H\",\"type\":\"a b\"}|/digest/type",
                "\"digest\":{\"window\":\"PT1H\",\"max\":{\"a\":[1]}}|/digest/max",
                "\"throttle\":{\"limit\":0,\"window\":\"PT1M\"}|/throttle/limit",
                "\"throttle\":{\"limit\":3}|/throttle/window",
                "\"throttle\":{\"limit\":3,\"window\":\"P31D\"}|/throttle/window",
                "\"throttle\":{\"limit\":3,\"window\":\"PT1M\",\"excess\":\"drop\"}|/throttle/excess",
                "\"throttle\":{\"limit\":3,\"window\":\"PT1M\",\"burst\":{\"a\":[1]}}|/throttle/burst",
            })
    void saysWhereAnOptionIsWrong(String options, String pointer) {
        assertThat(send(options).isProblem(422, "invalid").pointers()).containsExactly(pointer);
    }

    @Test
    void aCancelledEventIsGoneAndSaysSo() {
        String id = send("\"delay\":\"PT1H\",\"cancellationKey\":\"opt-trial\"")
                .is(202)
                .json()
                .path("id")
                .asText();
        api.call("DELETE", "/v1/events/" + id, api.key(Scope.EVENTS_WRITE), "").isProblem(404, "not-found");
        api.call("DELETE", "/v1/events/" + id, api.key(Scope.EVENTS_READ), "").isProblem(403, "forbidden");

        JsonNode all = api.call("DELETE", "/v1/events?cancellationKey=opt-trial", sender, "")
                .is(200)
                .json();

        assertThat(all.path("events")).hasSize(1);
        assertThat(all.at("/events/0/id").asText()).isEqualTo(id);
        assertThat(all.at("/events/0/cancelled").asText()).isEqualTo("whole");
        assertThat(api.call("DELETE", "/v1/events/" + id, sender, "").is(200).json())
                .isEqualTo(all.at("/events/0"));
        assertThat(api.get("/v1/events/" + id, sender).json().path("state").asText())
                .isEqualTo("cancelled");
        api.call("DELETE", "/v1/events?cancellationKey=a%20b", sender, "").isProblem(422, "invalid");
        api.call("DELETE", "/v1/events", sender, "").isProblem(400, "malformed");
    }

    @Test
    void whatWaitsInItsLaneIsCancelledToo() {
        String id = send("\"data\":{}").is(202).json().path("id").asText();

        assertThat(api.call("DELETE", "/v1/events/" + id, sender, "")
                        .json()
                        .path("cancelled")
                        .asText())
                .isEqualTo("whole");
        long left = api.jdbi()
                .withHandle(h -> h.createQuery("select count(*) from pending_events where event_id = cast(:id as uuid)")
                        .bind("id", id)
                        .mapTo(Long.class)
                        .one());
        assertThat(left).isZero();
    }
}
