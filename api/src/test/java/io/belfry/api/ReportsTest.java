package io.belfry.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.access.Scope;
import io.belfry.core.inbox.InboxActs;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is told of events and notifications. What the dispatcher would do is done by hand, since no other role runs.
@ExtendWith(ApiExtension.class)
class ReportsTest {
    private final ApiNode api;
    private final String sender;
    private final String reader;

    ReportsTest(ApiNode api) {
        this.api = api;
        this.sender = api.key(Scope.EVENTS_WRITE);
        this.reader = api.key(Scope.EVENTS_READ);
    }

    private UUID send(String... users) {
        String named = String.join("\",\"", users);
        Answer answer = api.call(
                "POST",
                "/v1/events",
                sender,
                "{\"type\":\"report.test\",\"actor\":\"zoe\",\"recipients\":[\"" + named
                        + "\"],\"data\":{\"n\":1.50}}");
        return UUID.fromString(answer.is(202).json().path("id").asText());
    }

    private void attempt(UUID event, String user, String outcome) {
        api.jdbi().useHandle(h -> {
            h.createUpdate("insert into push_attempts (subject_id, user_id, device_id, attempt, outcome)"
                            + " values (:subject, :user, 'phone', 1, :outcome)")
                    .bind("subject", NotificationId.of(event, user))
                    .bind("user", user)
                    .bind("outcome", outcome)
                    .execute();
            noTimer(user);
        });
    }

    private void noTimer(String user) {
        api.jdbi().useHandle(h -> h.createUpdate("delete from push_timers where user_id = :user")
                .bind("user", user)
                .execute());
    }

    @Test
    void countsWhatBecameOfAnEvent() throws SQLException {
        String[] users = {"r-none", "r-wait", "r-ok", "r-fail", "r-lost", "r-got"};
        UUID event = send(users);
        JsonNode before = api.get("/v1/events/" + event, reader).is(200).json();
        assertThat(before.path("state").asText()).isEqualTo("pending");
        assertThat(before.path("notifications").path("written").asInt()).isZero();

        Notifications.write(api, event, users);
        attempt(event, "r-ok", "accepted");
        attempt(event, "r-fail", "token_dead");
        attempt(event, "r-lost", "ambiguous");
        noTimer("r-got");
        api.bean(Receipts.class).save(List.of(new Receipt("r-got", "phone", 1, 0)));
        api.bean(InboxActs.class).markReadThrough("r-none", 1);

        JsonNode report = api.get("/v1/events/" + event, reader).is(200).json();
        assertThat(report.path("state").asText()).isEqualTo("dispatched");
        assertThat(report.path("recipients").asInt()).isEqualTo(6);
        assertThat(report.path("actor").asText()).isEqualTo("zoe");
        JsonNode notifications = report.path("notifications");
        assertThat(notifications.path("written").asInt()).isEqualTo(6);
        assertThat(notifications.path("received").asInt()).isEqualTo(1);
        assertThat(notifications.path("read").asInt()).isEqualTo(1);
        JsonNode push = notifications.path("push");
        for (String outcome : List.of("waiting", "accepted", "failed", "unclear", "needless")) {
            assertThat(push.path(outcome).asInt()).as(outcome).isEqualTo(1);
        }
        assertThat(push.path("suppressed").path("no_device").asInt()).isEqualTo(1);
    }

    @Test
    void tellsPartsAndDeadEnds() {
        UUID half = send("r-half");
        UUID dead = send("r-dead");
        api.jdbi().useHandle(h -> {
            h.createUpdate("update pending_events set expanded_to = 'm' where event_id = :id")
                    .bind("id", half)
                    .execute();
            h.createUpdate("delete from pending_events where event_id = :id")
                    .bind("id", dead)
                    .execute();
            h.createUpdate("insert into dead_letters (kind, subject_id, reason) values ('event', :id, 'no template')")
                    .bind("id", dead)
                    .execute();
        });

        assertThat(api.get("/v1/events/" + half, reader).json().path("state").asText())
                .isEqualTo("expanding");
        JsonNode report = api.get("/v1/events/" + dead, reader).json();
        assertThat(report.path("state").asText()).isEqualTo("dead");
        assertThat(report.path("deathCause").asText()).isEqualTo("no template");
    }

    @Test
    void aKeyThatMayOnlySendSeesItsOwnEventsOnly() {
        UUID event = send("r-own");
        api.get("/v1/events/" + event, sender).is(200);
        api.get("/v1/events/" + event, api.key(Scope.EVENTS_WRITE)).isProblem(404, "not-found");
        api.get("/v1/events/" + event, api.key(Scope.USERS_WRITE)).isProblem(403, "forbidden");
        api.get("/v1/events/" + event, api.token("r-own")).isProblem(403, "forbidden");
        api.get("/v1/events/" + event, "").isProblem(401, "unauthorized");
        api.get("/v1/events/" + UUID.randomUUID(), reader).isProblem(404, "not-found");
        api.get("/v1/events/17", reader).isProblem(400, "malformed");
    }

    @Test
    void tracesANotificationForServicesAndForItsOwnUser() throws SQLException {
        UUID event = send("t-none", "t-ann");
        Notifications.write(api, event, "t-none", "t-ann");
        api.jdbi().useHandle(h -> h.createUpdate(
                        "insert into push_attempts (subject_id, user_id, device_id, attempt, outcome)"
                                + " values (:subject, 't-ann', 'phone', 1, 'retry')")
                .bind("subject", NotificationId.of(event, "t-ann"))
                .execute());
        api.bean(Receipts.class).save(List.of(new Receipt("t-ann", "laptop", 1, 0), new Receipt("t-ann", "old", 0, 0)));
        String path = "/v1/notifications/" + NotificationId.of(event, "t-ann") + "/trace";

        JsonNode trace = api.get(path, api.token("t-ann")).is(200).json();

        assertThat(api.get(path, reader).is(200).json()).isEqualTo(trace);
        assertThat(trace.path("eventId").asText()).isEqualTo(event.toString());
        assertThat(trace.path("data").path("n").asText()).as(trace.toString()).isEqualTo("1.5");
        assertThat(trace.path("push").path("decision").asText()).isEqualTo("planned");
        assertThat(trace.path("push").path("dueAt").asText()).isNotBlank();
        assertThat(trace.path("receipts").findValuesAsText("covers")).containsExactly("true", "false");
        assertThat(trace.path("attempts").findValuesAsText("outcome")).containsExactly("retry");
        api.get(path, api.token("t-none")).isProblem(404, "not-found");
        api.get(path, sender).isProblem(403, "forbidden");
        api.get(path.replace("trace", "nothing"), reader).isProblem(404, "not-found");
        api.get("/v1/notifications/" + UUID.randomUUID() + "/trace", reader).isProblem(404, "not-found");
    }
}
