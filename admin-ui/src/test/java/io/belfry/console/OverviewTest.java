package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventId;
import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class OverviewTest {
    private final Console console;

    OverviewTest(Console console) {
        this.console = console;
    }

    @Test
    void curvesHoldWhatTheNodesToldAndGapsWhereNoneDid() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        // Long before any node of these tests ran.
        Instant then = now.minus(Duration.ofHours(5));
        tell(then, Map.of("beats", "30", "accepted", "70"));
        tell(then.plus(Duration.ofMinutes(1)), Map.of("beats", "30"));
        String curves = console.signedIn(Role.VIEWER)
                .get("/console/overview/curves?span=6h")
                .body();
        assertThat(curves).contains("\"accepted\"", "null");
        assertThat(curves)
                .as("the mean of the minutes in which a node was there")
                .containsPattern("(35\\.0|70\\.0)");
        assertThat(console.signedIn(Role.VIEWER)
                        .get("/console/overview/curves?span=nonsense")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatSomebodyShouldLookAtIsCalledOut() {
        UUID dead = UUID.randomUUID();
        console.jdbi().useHandle(h -> {
            // Those of other tests may be due by now.
            h.execute("delete from push_timers");
            h.execute(
                    "insert into dead_letters (kind, subject_id, reason) values ('event', ?, ?)",
                    dead,
                    "no such <b>topic</b>");
            h.execute("insert into push_timers (user_id, created_offset, notification_id, priority, due_at)"
                    + " values ('late', 1, uuidv7(), 1, now() - interval '5 minutes')");
            h.execute(
                    "insert into pending_events (lane, event_id) values (0, ?)",
                    EventId.mint(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-4))));
        });
        try {
            String now =
                    console.signedIn(Role.VIEWER).get("/console/overview/now").body();
            assertThat(now)
                    .contains("Events of priority critical have waited for 4 min")
                    .contains("1 push is overdue, the oldest by 5 min")
                    .contains("for a person")
                    .contains("No node runs the roles api, dispatcher, gateway")
                    .contains("/console/notifications?event=" + dead, "no such &lt;b&gt;topic");
        } finally {
            console.jdbi().useHandle(h -> {
                h.execute("delete from dead_letters where subject_id = ?", dead);
                h.execute("delete from push_timers where user_id = 'late'");
                h.execute("delete from pending_events");
            });
        }
    }

    @Test
    void curvesAreDrawnAndFollowTheChosenSpanAndTheTheme() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        tell(now.minus(Duration.ofMinutes(3)), Map.of("beats", "30", "pushed", "40"));
        tell(now.minus(Duration.ofMinutes(90)), Map.of("beats", "30", "pushed", "1000"));
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.VIEWER);
            assertThat(page.locator(".chart canvas")).hasCount(2);
            String hour = page.textContent("[data-value=pushed]");
            page.click("[data-span='6h']");
            assertThat(page.locator("[data-value=pushed]")).not().hasText(hour);
            assertThat(page.locator("[data-span='6h']")).hasAttribute("aria-pressed", "true");
            page.click("[data-theme-toggle]");
            assertThat(page.locator(".chart canvas")).hasCount(2);
            assertThat(page.locator("#state")).containsText("nothing waits");
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private static void tell(Instant minute, Map<String, String> counts) {
        RedisClient redis = RedisClient.create(RedisExtension.server().url());
        try (var connection = redis.connect()) {
            long number = minute.getEpochSecond() / 60;
            counts.forEach((name, count) ->
                    connection.sync().hset("bf:minutes:" + number / 60, number % 60 + ":" + name, count));
        } finally {
            redis.shutdown();
        }
    }
}
