package io.belfry.api.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.api.Notifications;
import io.belfry.core.access.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ApiExtension.class)
class DeadLettersTest {
    private final ApiNode api;
    private final String operator;
    private final String sender;

    DeadLettersTest(ApiNode api) {
        this.api = api;
        this.operator = api.key(Scope.OPERATIONS_WRITE);
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    /// One that its dispatcher set aside.
    private String deadEvent(String type, String reason) {
        String id = send(type, "dead-ana");
        bury("event", UUID.fromString(id), null, reason);
        return id;
    }

    private String send(String type, String user) {
        String id = api.call(
                        "POST", "/v1/events", sender, "{\"type\":\"" + type + "\",\"recipients\":[\"" + user + "\"]}")
                .is(202)
                .json()
                .path("id")
                .asText();
        api.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", UUID.fromString(id)));
        return id;
    }

    private void bury(String kind, UUID subject, String user, String reason) {
        api.jdbi()
                .useHandle(h -> h.execute(
                        "insert into dead_letters (kind, subject_id, user_id, reason, lane) values (?, ?, ?, ?, 19)",
                        kind,
                        subject,
                        user,
                        reason));
    }

    private List<String> events(String query) {
        var events = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = api.get("/v1/dead-letters?limit=2&" + query + cursor, operator)
                    .is(200)
                    .json();
            page.path("letters")
                    .forEach(letter -> events.add(letter.path("eventId").asText()));
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        return events;
    }

    private int lane(String event) {
        return api.jdbi().withHandle(h -> h.createQuery("select lane from pending_events where event_id = :id")
                .bind("id", UUID.fromString(event))
                .mapTo(Integer.class)
                .findOne()
                .orElse(-1));
    }

    private JsonNode all(String act, String choice) {
        return api.call("POST", "/v1/dead-letters:" + act, operator, choice)
                .is(200)
                .json();
    }

    @Test
    void listsPageByPageWhatAFilterMeans() {
        String one = deadEvent("dead.list", "no template");
        String two = deadEvent("dead.list", "no words");
        String three = deadEvent("dead.list", "no template of that name");
        deadEvent("dead.other", "no template");

        assertThat(events("type=dead.list")).containsExactly(three, two, one);
        assertThat(events("type=dead.list&reason=no%20template")).containsExactly(three, one);
        assertThat(events("type=dead.list&kind=push")).isEmpty();
        assertThat(events("subject=" + two)).containsExactly(two);
        assertThat(events("type=dead.list&to=2020-01-01T00:00:00Z")).isEmpty();
    }

    @Test
    void aRetriedEventGoesBackToItsLane() {
        String event = deadEvent("dead.retry", "no template");
        JsonNode letter =
                api.get("/v1/dead-letters?type=dead.retry", operator).json().at("/letters/0");
        assertThat(letter.path("prospect").asText()).isEqualTo("open");
        String path = "/v1/dead-letters/" + letter.path("id").asText();

        JsonNode done = api.call("POST", path + "/retry", operator, "").is(200).json();

        assertThat(done.path("letters").asInt()).isEqualTo(1);
        assertThat(lane(event)).isEqualTo(19);
        api.get(path, operator).isProblem(404, "not-found");
        api.call("POST", path + "/retry", operator, "").isProblem(404, "not-found");
        String entry = api.jdbi()
                .withHandle(h -> h.createQuery("select actor || ' ' || action from audit_log where subject = :id")
                        .bind("id", letter.path("id").asText())
                        .mapTo(String.class)
                        .one());
        assertThat(entry).isEqualTo("API key test dead-letter.retry");
    }

    @Test
    void whatWasPreviewedIsWhatIsTouched() {
        String first = deadEvent("dead.bulk", "a");
        String cancelled = deadEvent("dead.bulk", "b");
        api.jdbi()
                .useHandle(h ->
                        h.execute("update events set cancelled_at = now() where id = ?", UUID.fromString(cancelled)));
        JsonNode preview = all("retry", "{\"type\":\"dead.bulk\",\"preview\":true}");
        assertThat(preview.path("letters").asInt()).isEqualTo(1);
        assertThat(preview.path("left").asInt()).isEqualTo(1);
        assertThat(lane(first)).isEqualTo(-1);
        String late = deadEvent("dead.bulk", "c");

        JsonNode done = all("retry", "{\"type\":\"dead.bulk\",\"upTo\":" + preview.path("upTo") + "}");

        assertThat(done.path("letters").asInt()).isEqualTo(1);
        assertThat(done.path("left").asInt()).isEqualTo(1);
        assertThat(lane(first)).isEqualTo(19);
        assertThat(lane(late)).isEqualTo(-1);
        assertThat(events("type=dead.bulk")).containsExactly(late, cancelled);
    }

    @Test
    void whatIsDiscardedIsCancelled() {
        String event = deadEvent("dead.discard", "a");
        assertThat(all("discard", "{\"type\":\"dead.discard\"}").path("letters").asInt())
                .isEqualTo(1);

        assertThat(events("type=dead.discard")).isEmpty();
        assertThat(api.get("/v1/events/" + event, sender).json().path("state").asText())
                .isEqualTo("cancelled");
    }

    @Test
    void aCancelledEventIsNotTriedAgain() {
        String event = deadEvent("dead.cancel", "a");

        JsonNode cancelled =
                api.call("DELETE", "/v1/events/" + event, sender, "").is(200).json();

        assertThat(cancelled.path("cancelled").asText()).isEqualTo("whole");
        assertThat(events("type=dead.cancel")).isEmpty();
    }

    @Test
    void aRetriedPushIsDueAgainWhileSomebodyWantsIt() {
        UUID read = Notifications.write(api, UUID.fromString(send("dead.push", "dead-ben")), "dead-ben");
        UUID wanted = Notifications.write(api, UUID.fromString(send("dead.push", "dead-ben")), "dead-ben");
        api.call("POST", "/v1/inbox/read", api.token("dead-ben"), "{\"ids\":[\"" + read + "\"]}")
                .is(200);
        api.call("PUT", "/v1/devices/phone", api.token("dead-ben"), "{\"token\":\"dead\",\"platform\":\"ios\"}")
                .is(200);
        // Two of a user's devices failed: one retry is for both.
        bury("push", wanted, "dead-ben", "failed 8 times");
        bury("push", wanted, "dead-ben", "failed 8 times");
        bury("push", read, "dead-ben", "failed 8 times");

        JsonNode done = all("retry", "{\"user\":\"dead-ben\"}");

        assertThat(done.path("letters").asInt()).isEqualTo(2);
        assertThat(done.path("left").asInt()).isEqualTo(1);
        List<UUID> retried = api.jdbi()
                .withHandle(h -> h.createQuery("select notification_id from push_timers where user_id = 'dead-ben'"
                                + " and retried_at is not null")
                        .mapTo(UUID.class)
                        .list());
        assertThat(retried).containsExactly(wanted);
        JsonNode left =
                api.get("/v1/dead-letters?user=dead-ben", operator).json().at("/letters/0");
        assertThat(left.path("notificationId").asText()).isEqualTo(read.toString());
        assertThat(left.path("prospect").asText()).isEqualTo("over");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"kind\":\"letter\"}",
                "{\"subject\":\"x\"}",
                "{\"from\":\"yesterday\"}",
                "{\"upTo\":-1}",
                "{\"preview\":\"yes\"}",
                "{\"all\":true}"
            })
    void whatIsWrongIsRefused(String choice) {
        api.call("POST", "/v1/dead-letters:retry", operator, choice).isProblem(422, "invalid");
        api.call("POST", "/v1/dead-letters:discard", operator, choice).isProblem(422, "invalid");
    }

    @Test
    void onlyKeysForOperationsMaySeeThem() {
        api.get("/v1/dead-letters", sender).isProblem(403, "forbidden");
        api.get("/v1/dead-letters", api.token("dead-ana")).isProblem(403, "forbidden");
        api.get("/v1/dead-letters?cursor=eA", operator).isProblem(422, "invalid");
        api.get("/v1/dead-letters?kind=letter", operator).isProblem(422, "invalid");
        api.get("/v1/dead-letters/x", operator).isProblem(400, "malformed");
    }
}
