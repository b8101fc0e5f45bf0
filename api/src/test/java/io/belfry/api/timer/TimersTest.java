package io.belfry.api.timer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.api.Notifications;
import io.belfry.core.access.Scope;
import io.belfry.core.event.EventId;
import io.belfry.core.inbox.NotificationId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class TimersTest {
    private final ApiNode api;
    private final String operator;
    private final String sender;

    TimersTest(ApiNode api) {
        this.api = api;
        this.operator = api.key(Scope.OPERATIONS_WRITE);
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    private UUID send(String user, String options) {
        return UUID.fromString(api.call(
                        "POST",
                        "/v1/events",
                        sender,
                        "{\"type\":\"timer.test\",\"recipients\":[\"" + user + "\"]" + options + "}")
                .is(202)
                .json()
                .path("id")
                .asText());
    }

    /// Of a user whose push waits for an hour.
    private UUID waiting(String user) {
        UUID event = send(user, "");
        Notifications.write(api, event, user + "-first", user);
        return NotificationId.of(event, user);
    }

    private List<String> listed(String query) {
        var ids = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = api.get("/v1/timers?limit=1" + query + cursor, operator)
                    .is(200)
                    .json();
            page.path("timers")
                    .forEach(timer -> ids.add(
                            timer.path("kind").asText() + " " + timer.path("id").asText()));
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        return ids;
    }

    private Answer act(String method, String timer, String body) {
        return api.call(method, "/v1/timers/" + timer, operator, body);
    }

    private static String until(Instant time) {
        return "{\"until\":\"" + time + "\"}";
    }

    private String push(UUID notification) {
        return api.get("/v1/notifications/" + notification + "/trace", api.key(Scope.EVENTS_READ))
                .is(200)
                .json()
                .at("/decision/push")
                .asText();
    }

    @Test
    void listsWhateverWaitsForAUserByTheTimeWhenItIsDue() {
        UUID push = waiting("timer-ana");
        UUID snoozed = waiting("timer-ana");
        UUID event = send("timer-ana", ",\"delay\":\"P1D\"");
        Instant far = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.MILLIS);
        api.call(
                        "POST",
                        "/v1/inbox/snooze",
                        api.token("timer-ana"),
                        "{\"ids\":[\"" + snoozed + "\"],\"until\":\"" + far + "\"}")
                .is(200);

        assertThat(listed("&user=timer-ana"))
                .containsExactly(
                        "fallback push-" + push,
                        "fallback push-" + snoozed,
                        "scheduled event-" + event,
                        "snooze snooze-" + snoozed);
        assertThat(listed("&user=timer-ana&kind=snooze")).containsExactly("snooze snooze-" + snoozed);
        assertThat(listed("&event=" + event)).containsExactly("scheduled event-" + event);
        assertThat(listed("&user=timer-ana&kind=deferred")).isEmpty();
        assertThat(listed(""))
                .contains("fallback push-" + push, "scheduled event-" + event, "snooze snooze-" + snoozed);
        JsonNode one = act("GET", "snooze-" + snoozed, "").is(200).json();
        assertThat(one.path("dueAt").asText()).isEqualTo(far.toString());
        assertThat(one.path("userId").asText()).isEqualTo("timer-ana");
        assertThat(one.path("type").asText()).isEqualTo("report.test");
    }

    @Test
    void aPostponedPushIsNotDueEarlier() {
        UUID push = waiting("timer-ben");
        Instant later = Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MILLIS);

        act("POST", "push-" + push + "/postpone", "").isProblem(400, "malformed");
        act("POST", "push-" + push + "/postpone", until(later)).is(204);

        JsonNode timer = act("GET", "push-" + push, "").is(200).json();
        assertThat(timer.path("kind").asText()).isEqualTo("deferred");
        assertThat(timer.path("reason").asText()).isEqualTo("postponed");
        assertThat(timer.path("dueAt").asText()).isEqualTo(later.toString());
        assertThat(listed("&kind=deferred&user=timer-ben")).containsExactly("deferred push-" + push);
        assertThat(listed("&kind=deferred")).contains("deferred push-" + push);
        // Nobody listens: a push that was not put off would be due in a moment.
        long before = api.jdbi().withHandle(h -> h.createQuery(
                        "select count(*) from push_timers where user_id = 'timer-ben' and due_at < now() + interval '2 days'")
                .mapTo(Long.class)
                .one());
        assertThat(before).isZero();

        act("POST", "push-" + push + "/release", "").is(204);
        timer = act("GET", "push-" + push, "").is(200).json();
        assertThat(Instant.parse(timer.path("dueAt").asText()))
                .isBefore(Instant.now().plusSeconds(60));
        assertThat(timer.path("kind").asText()).isEqualTo("fallback");
    }

    @Test
    void aCancelledPushSaysSo() {
        UUID push = waiting("timer-cleo");

        act("DELETE", "push-" + push, "").is(204);

        assertThat(push(push)).isEqualTo("cancelled");
        act("GET", "push-" + push, "").isProblem(404, "not-found");
        act("DELETE", "push-" + push, "").isProblem(404, "not-found");
    }

    @Test
    void whatADispatcherIsAtIsLeftAlone() {
        UUID push = waiting("timer-dan");
        api.jdbi()
                .useHandle(
                        h -> h.execute("update push_timers set claim = gen_random_uuid() where user_id = 'timer-dan'"));

        act("POST", "push-" + push + "/release", "").isProblem(409, "in-hand");
        act("POST", "push-" + push + "/postpone", until(Instant.now().plusSeconds(60)))
                .isProblem(409, "in-hand");
        act("DELETE", "push-" + push, "").isProblem(409, "in-hand");
        assertThat(act("GET", "push-" + push, "").json().path("inHand").asBoolean())
                .isTrue();
    }

    @Test
    void aSnoozeThatIsPostponedOrCancelledIsAnActInTheInbox() {
        UUID snoozed = waiting("timer-eve");
        String token = api.token("timer-eve");
        Instant first = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MILLIS);
        api.call("POST", "/v1/inbox/snooze", token, "{\"ids\":[\"" + snoozed + "\"],\"until\":\"" + first + "\"}")
                .is(200);
        Instant second = first.plusSeconds(3600);

        act("POST", "snooze-" + snoozed + "/postpone", until(second)).is(204);
        JsonNode page = api.get("/v1/inbox?snoozed=true", token).json();
        assertThat(page.at("/items/0/snoozedUntil").asText()).isEqualTo(second.toString());
        assertThat(page.path("offset").asInt()).isEqualTo(3);
        act("DELETE", "snooze-" + snoozed, "").is(204);

        page = api.get("/v1/inbox", token).json();
        assertThat(page.at("/items/0/id").asText()).isEqualTo(snoozed.toString());
        assertThat(page.at("/counts/total").asInt()).isEqualTo(1);
        act("POST", "snooze-" + snoozed + "/release", "").isProblem(404, "not-found");
    }

    @Test
    void aScheduledEventIsPostponedWithinLimitsAndCancelled() {
        UUID event = send("timer-finn", ",\"delay\":\"PT1H\"");
        Instant latest = EventId.acceptedAt(event).plus(Duration.ofDays(14));

        act("POST", "event-" + event + "/postpone", until(latest)).is(204);
        assertThat(act("GET", "event-" + event, "").json().path("dueAt").asText())
                .isEqualTo(latest.toString());
        act("POST", "event-" + event + "/postpone", until(latest.plusMillis(1))).isProblem(422, "invalid");
        act("POST", "event-" + event + "/postpone", until(Instant.now().minusSeconds(1)))
                .isProblem(422, "invalid");
        act("DELETE", "event-" + event, "").is(204);

        assertThat(api.get("/v1/events/" + event, sender).json().path("state").asText())
                .isEqualTo("cancelled");
    }

    @Test
    void namesThatAreNoneAreNotFound() {
        for (String id : List.of("push", "push-x", "tape-" + UUID.randomUUID(), "push-" + UUID.randomUUID())) {
            act("GET", id, "").isProblem(404, "not-found");
            act("POST", id + "/release", "").isProblem(404, "not-found");
            act("DELETE", id, "").isProblem(404, "not-found");
        }
        api.get("/v1/timers?kind=tape", operator).isProblem(422, "invalid");
        api.get("/v1/timers?cursor=eA", operator).isProblem(422, "invalid");
        api.get("/v1/timers", sender).isProblem(403, "forbidden");
    }
}
