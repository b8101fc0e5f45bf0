package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.stop.Stop;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class StopsTest {
    private final Console console;
    private final Browser browser;
    private final Stops stops;

    StopsTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.BROADCASTER);
        this.stops = console.get(Stops.class);
    }

    @AfterEach
    void release() {
        stops.list().forEach(stop -> stops.release(stop.target(), new AuditLog.Origin("test", null)));
    }

    @Test
    void onePressStopsAndABannerSaysSoOnEveryPage() {
        assertThat(browser.get("/console/stops").body()).contains("Nothing is stopped");
        assertThat(stop("push", "wrong <link>").statusCode()).isEqualTo(303);
        assertThat(stops.list()).extracting(Stop::reason).containsExactly("wrong <link>");
        for (String page : new String[] {"/console", "/console/users", "/console/notifications"}) {
            assertThat(console.signedIn(Role.VIEWER).get(page).body())
                    .as(page)
                    .contains("push is stopped", "wrong &lt;link&gt;");
        }
        // Pushes of other tests may be due.
        assertThat(browser.get("/console/stops").body())
                .containsPattern("Holds 0 events, [0-9,]+ push(es)? and 0 broadcasts");
        assertThat(console.get(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.empty(), Optional.of("stop.set"), OptionalLong.empty(), 1)))
                .singleElement()
                .satisfies(entry -> assertThat(entry.subject()).isEqualTo("push"));
    }

    @Test
    void releaseAndDiscardAskAndEndIt() {
        stop("category:news", "");
        String release = "/console/stops/release?target=category:news";
        assertThat(browser.get(release).body()).contains("goes out now", "Category: News");
        assertThat(browser.post(release, Map.of()).statusCode()).isEqualTo(303);
        assertThat(stops.find(new StopTarget.Category("news"))).isEmpty();
        stop("bulk", "");
        String discard = "/console/stops/discard?target=bulk";
        assertThat(browser.get(discard).body()).contains("reaches nobody");
        browser.post(discard, Map.of());
        assertThat(stops.list()).isEmpty();
        assertThat(browser.follow(browser.post(discard, Map.of())).body()).contains("There is no such stop any more");
        assertThat(browser.get("/console").body()).doesNotContain("is stopped");
    }

    @Test
    void nonsenseStopsNothing() {
        assertThat(stop("category:nothing.like.it", "typed").body()).contains("Choose what to stop", "value=\"typed\"");
        assertThat(stop("push", "x".repeat(501)).statusCode()).isEqualTo(422);
        assertThat(stops.list()).isEmpty();
    }

    private java.net.http.HttpResponse<String> stop(String target, String reason) {
        return browser.post("/console/stops", Map.of("target", target, "reason", reason));
    }
}
