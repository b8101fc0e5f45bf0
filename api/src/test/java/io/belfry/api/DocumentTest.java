package io.belfry.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.access.Scope;
import io.micronaut.web.router.Router;
import io.micronaut.web.router.UriRouteInfo;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// That the API's document tells the truth. Every answer in the tests of this module is held against it as well, see
/// [Contract].
@ExtendWith(ApiExtension.class)
class DocumentTest {
    private final ApiNode api;

    DocumentTest(ApiNode api) {
        this.api = api;
    }

    @Test
    void namesEveryRouteAndNoOther() {
        Set<String> routes = api.bean(Router.class)
                .uriRoutes()
                .filter(route -> route.getUriMatchTemplate().toString().startsWith("/v1/"))
                .map(DocumentTest::name)
                // Micronaut answers HEAD wherever it answers GET.
                .filter(name -> !name.startsWith("HEAD "))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(api.contract().operations().keySet()).isEqualTo(routes);
        assertThat(routes).hasSizeGreaterThan(9);
    }

    private static String name(UriRouteInfo<?, ?> route) {
        return route.getHttpMethodName() + " "
                + route.getUriMatchTemplate().toString().replaceAll("\\{\\?.*}$", "");
    }

    @Test
    void everyOperationSaysWhatItNeedsAndWhatItAnswers() {
        api.contract().operations().forEach((name, operation) -> {
            JsonNode text = operation.text();
            assertThat(text.path("summary").asText()).as(name).isNotBlank();
            assertThat(text.path("operationId").asText()).as(name).matches("[a-z][A-Za-z]+");
            assertThat(text.path("tags").size()).as(name).isEqualTo(1);
            assertThat(text.path("security").isEmpty()).as(name).isFalse();
            assertThat(text.path("responses").properties())
                    .as(name)
                    .anyMatch(response -> response.getKey().startsWith("2"))
                    .allSatisfy(response -> assertThat(response.getValue().toString())
                            .as(name + " " + response.getKey())
                            .doesNotContain("\"schema\":{}", "\"schema\":{\"type\":\"object\"}"));
            text.path("responses").properties().stream()
                    .filter(response -> response.getKey().compareTo("400") >= 0)
                    .forEach(response -> assertThat(
                                    response.getValue().path("content").has("application/problem+json"))
                            .as(name + " " + response.getKey())
                            .isTrue());
        });
    }

    /// Each operation succeeds once here, and so is held against the document.
    @Test
    void everySuccessIsAsDocumented() {
        String sender = api.key(Scope.EVENTS_WRITE);
        String reader = api.key(Scope.EVENTS_READ);
        String user = api.token("doc-ana");
        String event = """
                {"type":"doc.test","recipients":["doc-ana","doc-ben"],"topic":"doc/1","actor":"doc-ben",
                 "data":{"n":1},"priority":"high","category":"general","id":"%s"}""".formatted(UUID.randomUUID());
        String id = api.call("POST", "/v1/events", sender, event)
                .is(202)
                .json()
                .path("id")
                .asText();
        api.call("POST", "/v1/events:batch", sender, "[" + event + "]").is(202);
        api.call("POST", "/v1/events:batch", sender, "[" + event + ",{}]").is(207);
        String cloudEvent =
                "{\"specversion\":\"1.0\",\"id\":\"doc\",\"source\":\"/doc\",\"type\":\"doc.test\",\"recipients\":\"doc-ana\"}";
        api.call("POST", "/v1/cloudevents", sender, cloudEvent, "Content-Type", "application/cloudevents+json")
                .is(202);
        api.call(
                        "POST",
                        "/v1/cloudevents",
                        sender,
                        "[" + cloudEvent + ",{}]",
                        "Content-Type",
                        "application/cloudevents-batch+json")
                .is(207);
        api.get("/v1/events/" + id, reader).is(200);
        api.get("/v1/lanes", reader).is(200);
        UUID notification = Notifications.write(api, UUID.fromString(id), "doc-ana");
        api.get("/v1/notifications/" + notification + "/trace", user).is(200);
        inbox(notification, user);
        api.call("PUT", "/v1/devices/doc-phone", user, "{\"token\":\"t\",\"platform\":\"web\",\"appVersion\":\"1\"}")
                .is(200);
        api.call("DELETE", "/v1/devices/doc-phone", user, "").is(204);
        api.call("POST", "/v1/events:dryRun", sender, event).is(200);
        api.call("DELETE", "/v1/events/" + id, sender, "").is(200);
        api.call("DELETE", "/v1/events?cancellationKey=none", sender, "").is(200);
        String users = api.key(Scope.USERS_WRITE);
        String quiet = "{\"quietHours\":{\"from\":\"22:00\",\"to\":\"07:00\",\"days\":[\"friday\"]}}";
        api.call("PATCH", "/v1/preferences", user, quiet).is(200);
        api.get("/v1/preferences", user).is(200);
        api.call("PATCH", "/v1/users/doc-ana/preferences", users, "{\"topics\":{\"a/b\":{\"muted\":true}}}")
                .is(200);
        api.get("/v1/users/doc-ana/preferences", users).is(200);
        api.call("POST", "/v1/users/doc-ana/unsubscribe-link", users, "{\"category\":\"news\"}")
                .is(200);
        api.call("PATCH", "/v1/events/" + id, sender, "{\"title\":\"Anew\"}").is(202);
        api.get("/v1/events/" + id + "/amendments", sender).is(200);
        api.get("/v1/events/" + id + "/acknowledgements", reader).is(200);
        assertThat(api.get("/v1/events/" + id + "/acknowledgements/export?state=acknowledged", reader)
                        .is(200)
                        .body())
                .contains("doc-ana," + notification + ",");
        api.call("PATCH", "/v1/notifications/" + notification, sender, "{\"data\":{\"n\":2}}")
                .is(204);
        api.get("/v1/inbox?limit=1", user).is(200);
        api.call("DELETE", "/v1/notifications/" + notification, sender, "").is(204);
        api.call("DELETE", "/v1/events/" + id + "/notifications", sender, "").is(202);
        api.get("/v1/inbox/counts", user).is(200);
        api.call("POST", "/v1/inbox/read", user, "{\"upTo\":1}").is(200);
        api.call("POST", "/v1/inbox/seen", user, "{\"upTo\":1}").is(200);
        users();
        segments();
        stops();
        api.call("POST", "/v1/broadcasts:dryRun", api.key(Scope.EVENTS_EVERYONE), "{\"audience\":\"everyone\"}")
                .is(200);
        operations();

        Set<String> documented = api.contract().operations().values().stream()
                .flatMap(operation -> operation.text().path("responses").properties().stream()
                        .filter(response -> response.getKey().startsWith("2"))
                        .map(response -> operation.name() + " " + response.getKey()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(api.contract().seen()).containsAll(documented);
    }

    private void inbox(UUID notification, String user) {
        String ids = "\"ids\":[\"" + notification + "\"]";
        for (String act :
                new String[] {"read", "unread", "archive", "unarchive", "acknowledge", "snooze", "unsnooze"}) {
            String until =
                    act.equals("snooze") ? ",\"until\":\"" + Instant.now().plusSeconds(3600) + "\"" : "";
            api.call("POST", "/v1/inbox/" + act, user, "{" + ids + until + "}").is(200);
        }
    }

    private void stops() {
        String operator = api.key(Scope.STOPS_WRITE);
        api.call("PUT", "/v1/stops/push", operator, "{\"reason\":\"to see\"}").is(200);
        api.get("/v1/stops", operator).is(200);
        api.call("DELETE", "/v1/stops/push?held=release", operator, "").is(200);
    }

    private void users() {
        String services = api.key(Scope.USERS_WRITE);
        String profile = "{\"locale\":\"de\",\"timeZone\":\"Europe/Berlin\",\"attributes\":{\"plan\":\"pro\"}}";
        api.call("PUT", "/v1/users/doc-ana", services, profile).is(200);
        api.call("POST", "/v1/users:batch", services, "[{\"id\":\"doc-cleo\"}]").is(200);
        api.get("/v1/users/doc-ana", services).is(200);
        api.get("/v1/users/doc-ana/export", services).is(200);
        String follow = "{\"follow\":[\"team/7/#\"]}";
        api.call("POST", "/v1/users/doc-ana/topics", services, follow).is(200);
        api.call("POST", "/v1/topics/followers", services, "{\"topic\":\"team/7\",\"add\":[\"doc-ana\"]}")
                .is(200);
        api.get("/v1/users/doc-ana/topics?limit=1", services).is(200);
        api.get("/v1/topics/followers?topic=team/7", services).is(200);
        api.get("/v1/topics", api.token("doc-ana")).is(200);
        api.call("POST", "/v1/topics", api.token("doc-ana"), "{\"follow\":[\"user/doc-ana/#\"]}")
                .is(200);
        String erasure = api.call("DELETE", "/v1/users/doc-cleo", services, "")
                .is(202)
                .json()
                .path("id")
                .asText();
        api.get("/v1/erasures/" + erasure, services).is(200);
    }

    private void segments() {
        String services = api.key(Scope.SEGMENTS_WRITE);
        String rule = "{\"description\":\"Pays\",\"rule\":{\"attribute\":\"plan\",\"eq\":\"pro\"}}";
        api.call("PUT", "/v1/segments/doc-1", services, rule).is(200);
        api.call("PUT", "/v1/segments/doc-2", services, rule).is(200);
        api.get("/v1/segments?limit=1", services).is(200);
        api.get("/v1/segments/doc-1", services).is(200);
        api.call("POST", "/v1/segments:preview", services, "{\"rule\":{\"locale\":\"de\"}}")
                .is(200);
        api.call("DELETE", "/v1/segments/doc-1", services, "").is(204);
    }

    private void operations() {
        String operator = api.key(Scope.OPERATIONS_WRITE);
        String event = "{\"type\":\"doc.later\",\"recipients\":[\"doc-ana\"],\"delay\":\"PT1H\",\"id\":\""
                + UUID.randomUUID() + "\"}";
        String id = api.call("POST", "/v1/events", api.key(Scope.EVENTS_WRITE), event)
                .is(202)
                .json()
                .path("id")
                .asText();
        String timer = "/v1/timers/event-" + id;
        UUID broadcast =
                api.jdbi().withHandle(h -> h.createQuery("""
                        insert into broadcasts (state, audience, contents, category, priority, created_by, started_at,
                                                push_state, waves, waves_done)
                        values ('sent', '{"kind":"everyone"}', '{"en":{"title":"T","body":"B"}}', 'news', 3, 'doc', now(),
                                'off', 1, 1) returning id
                        """).mapTo(UUID.class).one());
        api.call("DELETE", "/v1/broadcasts/" + broadcast + "/announcement", operator, "")
                .is(202);
        api.get("/v1/broadcasts/" + broadcast + "/recall", operator).is(200);
        api.get("/v1/timers?limit=1", operator).is(200);
        api.get(timer, operator).is(200);
        String until = "{\"until\":\"" + Instant.now().plusSeconds(7200) + "\"}";
        api.call("POST", timer + "/postpone", operator, until).is(204);
        api.call("POST", timer + "/release", operator, "").is(204);
        api.call("DELETE", timer, operator, "").is(204);
        long[] letters = api.jdbi().withHandle(h -> h
                .createQuery("insert into dead_letters (kind, subject_id, reason)"
                        + " select 'event', gen_random_uuid(), 'doc' from generate_series(1, 2) returning id")
                .mapTo(Long.class)
                .stream()
                .mapToLong(Long::longValue)
                .toArray());
        api.get("/v1/dead-letters?limit=1", operator).is(200);
        api.get("/v1/dead-letters/" + letters[0], operator).is(200);
        api.call("POST", "/v1/dead-letters/" + letters[0] + "/retry", operator, "")
                .is(200);
        api.call("DELETE", "/v1/dead-letters/" + letters[0], operator, "").is(200);
        api.call("POST", "/v1/dead-letters:retry", operator, "{\"reason\":\"doc\",\"preview\":true}")
                .is(200);
        api.call("POST", "/v1/dead-letters:discard", operator, "{\"reason\":\"doc\"}")
                .is(200);
    }

    @Test
    void theDocumentAndItsPageNeedNobodyElse() {
        assertThat(api.get("/openapi.json", "")
                        .is(200)
                        .json()
                        .path("info")
                        .path("title")
                        .asText())
                .isEqualTo("Belfry");
        Answer page = api.get("/docs", "").is(200);
        assertThat(page.header("Content-Security-Policy").orElse("")).contains("default-src 'none'");
        assertThat(page.body()).doesNotContain("//");
        for (String part : Set.of("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "docs.css")) {
            assertThat(page.body()).contains("/docs/" + part);
            assertThat(api.get("/docs/" + part, "").is(200).body()).isNotBlank();
        }
        api.get("/docs/index.html", "").isProblem(404, "not-found");
    }
}
