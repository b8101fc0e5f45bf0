package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.console.ConsoleRoutes.Route;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who may do what, over all routes that the running console has. A route that is added later is in here by itself.
@ExtendWith(ConsoleExtension.class)
class GateTest {
    private static final String FORGED = "The form does not belong to your session.";
    private static final String FOREIGN = "The request came from another site.";
    private static final String LACKS_ROLE = "This needs the role ";

    /// Whoever may only look may post these, for they change nothing but how the visitor signs in.
    private static final Set<String> POSTS_OF_VIEWERS = Set.of(
            "POST /console/sign-out",
            "POST /console/account/password",
            "POST /console/account/sessions/end",
            "POST /console/account/sessions/{id}/end",
            "POST /console/account/second-factor/begin",
            "POST /console/account/second-factor/confirm",
            "POST /console/account/second-factor/codes",
            "POST /console/account/second-factor/remove");

    /// What only some may do. A weaker need would be a hole, so it is written down twice.
    private static final Map<String, Role> NEEDS = Map.ofEntries(
            Map.entry("GET /console/new-template", Role.EDITOR),
            Map.entry("POST /console/new-template", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/edit", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/preview", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/draft", Role.EDITOR),
            Map.entry("GET /console/templates/{type}/discard", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/discard", Role.EDITOR),
            Map.entry("GET /console/templates/{type}/publish", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/publish", Role.EDITOR),
            Map.entry("POST /console/templates/{type}/tests", Role.EDITOR),
            Map.entry("GET /console/templates/{type}/tests/{event}", Role.EDITOR),
            Map.entry("POST /console/event-types", Role.EDITOR),
            Map.entry("POST /console/event-types/{type}/schema", Role.EDITOR),
            Map.entry("POST /console/event-types/{type}", Role.EDITOR),
            Map.entry("GET /console/new-category", Role.EDITOR),
            Map.entry("POST /console/categories", Role.EDITOR),
            Map.entry("POST /console/categories/{id}", Role.EDITOR),
            Map.entry("GET /console/categories/{id}/delete", Role.EDITOR),
            Map.entry("POST /console/categories/{id}/delete", Role.EDITOR),
            Map.entry("GET /console/broadcasts/new", Role.BROADCASTER),
            Map.entry("GET /console/broadcasts/{id}/edit", Role.BROADCASTER),
            Map.entry("GET /console/broadcasts/{id}/review", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/send", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/ask-approval", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/approve", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/return", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/undo", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/test", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/pause", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/resume", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/cancel", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/discard", Role.BROADCASTER),
            Map.entry("POST /console/broadcasts/{id}/duplicate", Role.BROADCASTER),
            Map.entry("GET /console/dead-letters/retry", Role.EDITOR),
            Map.entry("POST /console/dead-letters/retry", Role.EDITOR),
            Map.entry("GET /console/dead-letters/discard", Role.EDITOR),
            Map.entry("POST /console/dead-letters/discard", Role.EDITOR),
            Map.entry("GET /console/segments/new", Role.EDITOR),
            Map.entry("POST /console/segments", Role.EDITOR),
            Map.entry("POST /console/segments/preview", Role.EDITOR),
            Map.entry("GET /console/segments/{id}/delete", Role.EDITOR),
            Map.entry("POST /console/segments/{id}/delete", Role.EDITOR),
            Map.entry("POST /console/topics/followers", Role.EDITOR),
            Map.entry("GET /console/topics/unfollow", Role.EDITOR),
            Map.entry("POST /console/topics/unfollow", Role.EDITOR),
            Map.entry("GET /console/timers/release", Role.EDITOR),
            Map.entry("POST /console/timers/release", Role.EDITOR),
            Map.entry("GET /console/timers/postpone", Role.EDITOR),
            Map.entry("POST /console/timers/postpone", Role.EDITOR),
            Map.entry("GET /console/timers/cancel", Role.EDITOR),
            Map.entry("POST /console/timers/cancel", Role.EDITOR),
            Map.entry("GET /console/notifications/{id}/edit", Role.EDITOR),
            Map.entry("POST /console/notifications/{id}/edit", Role.EDITOR),
            Map.entry("POST /console/notifications/{id}/recall", Role.EDITOR),
            Map.entry("POST /console/notifications/{id}/recall-all", Role.EDITOR),
            Map.entry("POST /console/notifications/{id}/resend", Role.EDITOR),
            Map.entry("POST /console/stops", Role.BROADCASTER),
            Map.entry("GET /console/stops/release", Role.BROADCASTER),
            Map.entry("POST /console/stops/release", Role.BROADCASTER),
            Map.entry("GET /console/stops/discard", Role.BROADCASTER),
            Map.entry("POST /console/stops/discard", Role.BROADCASTER),
            Map.entry("GET /console/operators", Role.ADMIN),
            Map.entry("GET /console/operators/new", Role.ADMIN),
            Map.entry("GET /console/operators/{id}", Role.ADMIN),
            Map.entry("POST /console/operators", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/role", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/password", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/disable", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/enable", Role.ADMIN),
            Map.entry("GET /console/operators/{id}/second-factor", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/second-factor", Role.ADMIN),
            Map.entry("POST /console/operators/{id}/sessions", Role.ADMIN),
            Map.entry("POST /console/users/preferences", Role.EDITOR),
            Map.entry("GET /console/users/test", Role.EDITOR),
            Map.entry("POST /console/users/test", Role.EDITOR),
            Map.entry("POST /console/users/disconnect", Role.EDITOR),
            Map.entry("GET /console/users/sign-out", Role.ADMIN),
            Map.entry("POST /console/users/sign-out", Role.ADMIN),
            Map.entry("POST /console/users/export", Role.ADMIN),
            Map.entry("GET /console/users/erase", Role.ADMIN),
            Map.entry("POST /console/users/erase", Role.ADMIN),
            Map.entry("GET /console/users/device", Role.ADMIN),
            Map.entry("POST /console/users/device", Role.ADMIN),
            Map.entry("GET /console/keys", Role.ADMIN),
            Map.entry("POST /console/keys", Role.ADMIN),
            Map.entry("GET /console/keys/new", Role.ADMIN),
            Map.entry("POST /console/keys/{id}/revoke", Role.ADMIN),
            Map.entry("GET /console/audit", Role.ADMIN),
            Map.entry("GET /console/audit/export.csv", Role.ADMIN));

    private final Console console;
    private final List<Route> routes;

    GateTest(Console console) {
        this.console = console;
        this.routes = ConsoleRoutes.of(console);
    }

    @Test
    void everyRouteSaysWhoMayUseIt() {
        assertThat(routes).hasSizeGreaterThan(NEEDS.size());
        assertThat(routes)
                .allSatisfy(route -> assertThat(route.isOpen() || route.needs().isPresent())
                        .as("%s declares @Needs or @Open", route)
                        .isTrue());
        assertThat(routes.stream().filter(Route::isOpen).map(Route::toString))
                .containsExactlyInAnyOrder(
                        "GET /console/sign-in",
                        "POST /console/sign-in",
                        "GET /console/sign-in/code",
                        "POST /console/sign-in/code",
                        "GET /console/assets/{version}/{+name}");
    }

    @Test
    void noNeedIsWeakerThanItWasDecided() {
        assertThat(NEEDS).allSatisfy((name, role) -> assertThat(routes)
                .filteredOn(route -> route.toString().equals(name))
                .singleElement()
                .satisfies(route -> assertThat(route.needs()).contains(role)));
        assertThat(routes.stream().filter(Route::changes).filter(route -> !route.isOpen()))
                .allSatisfy(route -> assertThat(route.needs().orElseThrow().includes(Role.EDITOR)
                                || POSTS_OF_VIEWERS.contains(route.toString()))
                        .as("%s changes something", route)
                        .isTrue());
    }

    @Test
    void nobodyReachesARouteWhoseRoleTheyLack() {
        for (Role role : Role.values()) {
            Operator operator = console.operator(role);
            for (Route route : closed()) {
                HttpResponse<String> answer = send(console.signedIn(operator), route);
                boolean may = role.includes(route.needs().orElseThrow());
                assertThat(answer.body().contains(LACKS_ROLE))
                        .as("%s as %s: %d", route, role, answer.statusCode())
                        .isEqualTo(!may);
                assertThat(answer.statusCode() == 403)
                        .as("%s as %s: %d", route, role, answer.statusCode())
                        .isEqualTo(!may);
                assertThat(answer.statusCode()).as("%s as %s", route, role).isLessThan(500);
            }
        }
    }

    @Test
    void aRefusalIsAudited() {
        Operator operator = console.operator(Role.VIEWER);
        console.signedIn(operator).post("/console/categories", Map.of());
        assertThat(console.get(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.of(operator.email()), Optional.of("refused"), OptionalLong.empty(), 10)))
                .singleElement()
                .extracting(AuditEntry::subject)
                .isEqualTo("POST /console/categories");
    }

    @Test
    void strangersAreSentToSignInWhateverTheyAskFor() {
        for (Route route : closed()) {
            HttpResponse<String> answer = send(console.browser(), route);
            assertThat(answer.statusCode()).as(route.toString()).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location").orElseThrow()).startsWith("/console/sign-in");
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void aFormWithoutATokenOfItsSessionDoesNothing() {
        Operator operator = console.operator(Role.ADMIN);
        String ofOtherSession = console.signedIn(operator).csrf();
        String ofOtherOperator = console.signedIn(Role.ADMIN).csrf();
        Browser own = console.signedIn(operator);
        String cut = own.csrf().substring(0, own.csrf().length() - 2);
        List<String> bodies = Stream.of("", ofOtherSession, ofOtherOperator, "A".repeat(64), "%00", cut, "../..")
                .map(token -> "csrf=" + token)
                .toList();
        for (Route route : changing()) {
            assertThat(own.postRaw(route.path(), "").body())
                    .as("%s, no token", route)
                    .contains(FORGED);
            for (String body : bodies) {
                HttpResponse<String> answer = own.postRaw(route.path(), body);
                assertThat(answer.statusCode()).as("%s, %s", route, body).isEqualTo(403);
                assertThat(answer.body()).as("%s, %s", route, body).contains(FORGED);
            }
        }
        assertThat(own.get("/console").statusCode()).as("still signed in").isEqualTo(200);
    }

    @Test
    void aTokenCountsOnlyInAForm() {
        Browser own = console.signedIn(Role.ADMIN);
        for (Route route : changing()) {
            String separator = route.path().contains("?") ? "&" : "?";
            assertThat(own.postRaw(route.path() + separator + "csrf=" + own.csrf(), "")
                            .statusCode())
                    .as("%s, token in the address", route)
                    .isEqualTo(403);
            assertThat(own.postAs("text/plain", route.path(), "csrf=" + own.csrf())
                            .statusCode())
                    .as("%s, as a page of another site could send it", route)
                    .isIn(403, 415);
            assertThat(own.postAs("application/json", route.path(), "{\"csrf\":\"" + own.csrf() + "\"}")
                            .statusCode())
                    .as("%s, JSON", route)
                    .isIn(403, 415);
        }
    }

    @Test
    void anotherSiteCanSendNothingEvenWithTheRightToken() {
        Browser own = console.signedIn(Role.ADMIN);
        List<String[]> foreign = List.of(
                new String[] {"Sec-Fetch-Site", "cross-site"},
                new String[] {"Sec-Fetch-Site", "same-site"},
                new String[] {"Origin", "https://evil.example"},
                new String[] {"Origin", "null"},
                new String[] {"Origin", "http://localhost:1"});
        for (Route route : routes.stream().filter(Route::changes).toList()) {
            for (String[] headers : foreign) {
                HttpResponse<String> answer = own.post(route.path(), Map.of(), headers);
                assertThat(answer.statusCode())
                        .as("%s from %s", route, headers[1])
                        .isEqualTo(403);
                if (headers[0].startsWith("Sec-")) {
                    assertThat(answer.body())
                            .as("%s from %s", route, headers[1])
                            .contains(FOREIGN);
                }
            }
        }
        assertThat(own.get("/console").statusCode()).as("still signed in").isEqualTo(200);
    }

    /// So that the refusals above are the token's doing, and not the route's.
    @Test
    void theSameFormWithItsTokenGetsThrough() {
        Operator operator = console.operator(Role.ADMIN);
        for (Route route : changing()) {
            Browser browser = console.signedIn(operator);
            HttpResponse<String> answer =
                    browser.post(route.path(), Map.of(), "Sec-Fetch-Site", "same-origin", "Origin", console.origin());
            assertThat(answer.statusCode()).as(route.toString()).isNotIn(400, 401, 403, 405, 415, 500);
        }
    }

    @Test
    void lookingChangesNothing() {
        Browser browser = console.signedIn(Role.ADMIN);
        String before = contents();
        routes.stream().filter(route -> !route.changes()).forEach(route -> browser.get(route.path()));
        assertThat(contents()).isEqualTo(before);
    }

    /// All that operators can change, as one text.
    private String contents() {
        return console.jdbi().withHandle(h -> h.createQuery("""
                        select table_name from information_schema.tables
                        where table_schema = 'public' and table_type = 'BASE TABLE'
                          and table_name not in ('operator_sessions', 'audit_log', 'flyway_schema_history')
                        order by table_name
                        """).mapTo(String.class).list().stream()
                .map(table -> table
                        + h.createQuery("select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from "
                                        + table + " t")
                                .mapTo(String.class)
                                .one())
                .reduce("", String::concat));
    }

    private List<Route> closed() {
        return routes.stream().filter(route -> !route.isOpen()).toList();
    }

    private List<Route> changing() {
        return closed().stream().filter(Route::changes).toList();
    }

    private static HttpResponse<String> send(Browser browser, Route route) {
        return route.changes() ? browser.post(route.path(), Map.of()) : browser.get(route.path());
    }
}
