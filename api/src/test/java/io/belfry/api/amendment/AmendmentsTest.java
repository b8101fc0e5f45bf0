package io.belfry.api.amendment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.api.Notifications;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Scope;
import io.belfry.core.schema.DataSchemas;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is refused when something is edited or recalled, and what comes of asking twice or too late.
@ExtendWith(ApiExtension.class)
class AmendmentsTest {
    private static final String TITLE = "{\"title\":\"Anew\"}";
    private static final List<String> EDITED = List.of("/v1/events/", "/v1/notifications/");

    private final ApiNode api;
    private final String sender;

    AmendmentsTest(ApiNode api) {
        this.api = api;
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    private UUID event(String type) {
        return UUID.fromString(api.call(
                        "POST",
                        "/v1/events",
                        sender,
                        "{\"type\":\"" + type + "\",\"recipients\":[\"am-ana\"],\"data\":{\"n\":1},\"id\":\""
                                + UUID.randomUUID() + "\"}")
                .is(202)
                .json()
                .path("id")
                .asText());
    }

    /// The paths of an event and of the notification that it made.
    private List<String> sent(UUID event) {
        return List.of("/v1/events/" + event, "/v1/notifications/" + Notifications.write(api, event, "am-ana"));
    }

    private JsonNode inbox() {
        return api.get("/v1/inbox?limit=50", api.token("am-ana")).is(200).json().path("items");
    }

    private JsonNode inInbox(UUID notification) {
        for (JsonNode item : inbox()) {
            if (item.path("id").asText().equals(notification.toString())) {
                return item;
            }
        }
        throw new AssertionError("not in the inbox");
    }

    private List<String> acts(String path) {
        return api
                .bean(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(path.substring(path.lastIndexOf('/') + 1)),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        20))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void newDataHasToFitTheSchemaOfItsType() {
        String schema =
                "{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":\"integer\"},\"at\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"}}}}}";
        UUID event = event("amend.checked");
        List<String> paths = sent(event);
        api.jdbi()
                .useHandle(h -> h.execute("update notifications set type = 'amend.checked' where event_id = ?", event));
        api.bean(DataSchemas.class).save("amend.checked", Optional.empty(), Optional.of(schema));
        for (String path : paths) {
            assertThat(api.call("PATCH", path, sender, "{\"data\":{\"n\":\"one\",\"at\":{\"x\":5}}}")
                            .isProblem(422, "invalid")
                            .pointers())
                    .as(path)
                    .containsExactlyInAnyOrder("/data/n", "/data/at/x");
            assertThat(api.call("PATCH", path, sender, "{\"title\":\"New\",\"data\":{}}")
                            .isProblem(422, "invalid")
                            .pointers())
                    .hasSize(1)
                    .allMatch(pointer -> pointer.startsWith("/data"));
            assertThat(acts(path)).isEmpty();
        }
        api.call("PATCH", paths.getFirst(), sender, "{\"data\":{\"n\":2}}").is(202);
        api.call("PATCH", paths.getLast(), sender, "{\"data\":{\"n\":2,\"at\":{\"x\":\"here\"}}}")
                .is(204);
        api.call("PATCH", paths.getLast(), sender, TITLE).is(204);
    }

    @Test
    void whatIsNotThereOrAnothersIsNotFound() {
        List<String> foreign = sent(event("amend.foreign"));
        String other = api.key(Scope.EVENTS_WRITE);
        for (String path : List.of(
                foreign.getFirst(),
                foreign.getLast(),
                EDITED.getFirst() + UUID.randomUUID(),
                EDITED.getLast() + UUID.randomUUID())) {
            for (String edit : List.of(TITLE, "{\"data\":{\"n\":2}}")) {
                api.call("PATCH", path, other, edit).isProblem(404, "not-found");
            }
            String recalled = path.contains("/events/") ? path + "/notifications" : path;
            api.call("DELETE", recalled, other, "").isProblem(404, "not-found");
            if (path.contains("/events/")) {
                api.get(path + "/amendments", other).isProblem(404, "not-found");
            }
        }
        assertThat(inInbox(UUID.fromString(foreign.getLast().substring("/v1/notifications/".length())))
                        .path("title")
                        .asText())
                .isEqualTo("A title");
        // Whoever is there for what failed may do it for every service.
        String operator = api.key(Scope.OPERATIONS_WRITE);
        api.call("PATCH", foreign.getLast(), operator, TITLE).is(204);
        api.call("PATCH", foreign.getFirst(), operator, TITLE).is(202);
        api.get(foreign.getFirst() + "/amendments", operator).is(200);
    }

    @Test
    void keysWithoutTheScopeUsersAndStrangersAreRefused() {
        List<String> paths = sent(event("amend.scopes"));
        for (String path : paths) {
            String recalled = path.contains("/events/") ? path + "/notifications" : path;
            for (Scope scope : Scope.values()) {
                if (scope != Scope.EVENTS_WRITE && scope != Scope.OPERATIONS_WRITE) {
                    String key = api.key(scope);
                    api.call("PATCH", path, key, TITLE).isProblem(403, "forbidden");
                    api.call("DELETE", recalled, key, "").isProblem(403, "forbidden");
                }
            }
            api.call("PATCH", path, api.token("am-ana"), TITLE).isProblem(403, "forbidden");
            api.call("DELETE", recalled, api.token("am-ana"), "").isProblem(403, "forbidden");
            api.call("PATCH", path, "", TITLE).isProblem(401, "unauthorized");
            api.call("DELETE", recalled, "", "").isProblem(401, "unauthorized");
            assertThat(acts(path)).isEmpty();
        }
    }

    @Test
    void whatSaysNothingOrNothingThatCanBeReadIsRefused() {
        for (String path : sent(event("amend.bodies"))) {
            for (String body : List.of("", "{", "{\"title\":\"a\",\"title\":\"b\"}", "{} {}")) {
                api.call("PATCH", path, sender, body, "Content-Type", "application/json")
                        .isProblem(400, "malformed");
            }
            api.call("PATCH", path, sender, TITLE, "Content-Type", "text/plain")
                    .isProblem(415, "unsupported-media-type");
            assertThat(pointers(path, "{}")).containsExactly("");
            assertThat(pointers(path, "{\"title\":null}")).containsExactly("");
            assertThat(pointers(path, "[]")).containsExactly("");
            assertThat(pointers(
                            path,
                            "{\"title\":\" \",\"body\":5,\"link\":\"javascript:alert(1)\",\"data\":[],\"type\":\"x\"}"))
                    .containsExactlyInAnyOrder("/title", "/body", "/link", "/data", "/type");
            assertThat(pointers(path, "{\"body\":\"" + "x".repeat(4001) + "\",\"data\":{\"a\":\"\\u0000\"}}"))
                    .containsExactlyInAnyOrder("/body", "/data/a");
            assertThat(acts(path)).isEmpty();
        }
        for (String path : EDITED) {
            api.call("PATCH", path + "nonsense", sender, TITLE).isProblem(400, "malformed");
        }
        api.call("DELETE", "/v1/notifications/nonsense", sender, "").isProblem(400, "malformed");
        api.call("DELETE", "/v1/events/nonsense/notifications", sender, "").isProblem(400, "malformed");
    }

    private List<String> pointers(String path, String body) {
        return api.call("PATCH", path, sender, body).isProblem(422, "invalid").pointers();
    }

    @Test
    void whatWasRecalledStaysSo() {
        UUID event = event("amend.recalled");
        List<String> paths = sent(event);
        UUID notification = UUID.fromString(paths.getLast().substring("/v1/notifications/".length()));
        assertThat(inInbox(notification).path("title").asText()).isEqualTo("A title");
        api.call("DELETE", paths.getLast(), sender, "").is(204);
        api.call("DELETE", paths.getLast(), sender, "").is(204);
        api.call("PATCH", paths.getLast(), sender, TITLE).is(204);

        assertThat(inbox().findValuesAsText("id")).doesNotContain(notification.toString());
        api.call("DELETE", paths.getFirst() + "/notifications", sender, "").is(202);
        api.call("DELETE", paths.getFirst() + "/notifications", sender, "").is(202);
        assertThat(api.get(paths.getFirst() + "/amendments", sender)
                        .is(200)
                        .json()
                        .path("amendments")
                        .findValuesAsText("kind"))
                .containsExactly("recall", "recall");
    }

    @Test
    void whatIsTooOldToBeThereIsNotFound() {
        List<String> paths = sent(event("amend.old"));
        UUID notification = UUID.fromString(paths.getLast().substring("/v1/notifications/".length()));
        // As retention leaves it.
        api.jdbi().useHandle(h -> h.execute("delete from notifications where id = ?", notification));

        api.call("PATCH", paths.getLast(), sender, TITLE).isProblem(404, "not-found");
        api.call("DELETE", paths.getLast(), sender, "").isProblem(404, "not-found");
        api.call("PATCH", paths.getFirst(), sender, TITLE).is(202);
    }
}
