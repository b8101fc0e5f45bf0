package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerFilter;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class TimersPageTest {
    private static final Pattern ABOUT = Pattern.compile("name=\"id\" value=\"([a-z]+-[0-9a-f-]{36})\"");

    private final Console console;
    private final Operator editor;
    private final Browser browser;
    private final String user = "timer-" + UUID.randomUUID();

    TimersPageTest(Console console) {
        this.console = console;
        this.editor = console.operator(Role.EDITOR);
        this.browser = console.signedIn(editor);
    }

    /// A push that follows in ten minutes.
    private UUID push() throws Exception {
        NewEvent event = EventTypesTest.event("timer.push", "{}");
        console.get(EventLog.class).append(List.of(event));
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
        UUID id = NotificationId.of(event.id(), user);
        console.deliver(new NewNotification(
                id,
                user,
                event.id(),
                event.type(),
                "general",
                Priority.NORMAL,
                "Something",
                "",
                null,
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Send(Duration.ofMinutes(10)))));
        return id;
    }

    private List<PendingTimer> waiting() {
        return console.get(Timers.class)
                .list(new TimerFilter(Optional.empty(), Optional.of(user), Optional.empty()), Timers.Place.START, 10);
    }

    private List<String> about(String page) {
        return ABOUT.matcher(page).results().map(found -> found.group(1)).toList();
    }

    private List<AuditEntry> acts() {
        return console.get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.of(editor.email()), Optional.of("timer."), OptionalLong.empty(), 10));
    }

    @Test
    void exactlyWhatWasPreviewedIsCancelled() throws Exception {
        UUID first = push();
        push();
        String question = browser.get("/console/timers/cancel?user=" + user).body();
        assertThat(question).contains("This is about 2 timers: 2 × push, unless received, for 1 person.");
        UUID later = push();
        var done = browser.follow(browser.post("/console/timers/cancel", Map.of("id", about(question))));
        assertThat(done.body()).contains("2 cancelled.");
        assertThat(waiting()).extracting(timer -> timer.id().subject()).containsExactly(later);
        assertThat(browser.follow(browser.post("/console/timers/cancel", Map.of("id", about(question))))
                        .body())
                .contains("0 cancelled. 2 gone already.");
        assertThat(acts()).singleElement().satisfies(act -> {
            assertThat(act.action()).isEqualTo("timer.cancel");
            assertThat(act.detail().get("timers")).contains(first.toString());
        });
    }

    @Test
    void aTimerIsPostponedInTheReadersZoneAndLetGo() throws Exception {
        UUID id = push();
        ZonedDateTime until = ZonedDateTime.now(ZoneId.of("Europe/Berlin"))
                .plusDays(2)
                .truncatedTo(ChronoUnit.DAYS)
                .withHour(9);
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(page, editor.email());
            page.navigate("/console/timers?user=" + user);
            page.check("input[name=id]");
            page.click("form.card button:has-text('Postpone')");
            page.fill("#until", until.toLocalDateTime().toString());
            page.click("button:has-text('Postpone')");
            assertThat(page.locator(".alert[role=status]")).containsText("1 postponed");
            page.navigate("/console/timers?user=" + user);
            assertThat(page.locator("tbody")).containsText("postponed");
            assertThat(waiting()).singleElement().satisfies(timer -> {
                assertThat(timer.kind()).isEqualTo(TimerKind.DEFERRED);
                assertThat(timer.id().subject()).isEqualTo(id);
                assertThat(timer.dueAt()).isEqualTo(until.toInstant());
            });
            page.check("input[name=id]");
            page.click("form.card button:has-text('Let go')");
            assertThat(page.locator("h1#question-title")).hasText("Let them go now?");
            page.click("text=Let them go >> nth=-1");
            assertThat(page.locator(".alert[role=status]")).containsText("1 let go");
            assertThat(chromium.complaints).isEmpty();
        }
        assertThat(waiting()).singleElement().satisfies(timer -> assertThat(timer.dueAt())
                .isBefore(Instant.now().plusSeconds(5)));
        assertThat(acts()).extracting(AuditEntry::action).containsExactly("timer.release", "timer.postpone");
    }

    @Test
    void listsAreNarrowedAndReadInPages() throws Exception {
        assertThat(browser.get("/console/timers?user=" + user).body()).contains("Nothing waits");
        UUID id = push();
        String event = console.jdbi().withHandle(h -> h.createQuery("select event_id from notifications where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .one());
        assertThat(browser.get("/console/timers?event=" + event).body()).contains(user, "push, unless received");
        assertThat(browser.get("/console/timers?kind=snooze&user=" + user).body())
                .contains("Nothing waits");
        for (int i = 0; i < 50; i++) {
            push();
        }
        String first = browser.get("/console/timers?user=" + user).body();
        String next = Pattern.compile("href=\"([^\"]*after=[^\"]*)\"")
                .matcher(first)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1)
                .replace("&amp;", "&");
        String second = browser.get(next).body();
        assertThat(about(first.replace("type=\"checkbox\" ", ""))).hasSize(50);
        assertThat(about(second.replace("type=\"checkbox\" ", "")))
                .hasSize(1)
                .doesNotContainAnyElementsOf(about(first.replace("type=\"checkbox\" ", "")));
    }

    @Test
    void whatIsTypedWrongIsNamed() throws Exception {
        var refused = browser.get("/console/timers?event=17&user=" + user);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("“17” is no id", user);
        assertThat(browser.get("/console/timers?kind=hourglass").statusCode()).isEqualTo(422);
        UUID id = push();
        var noTime = browser.post("/console/timers/postpone", Map.of("id", "push-" + id, "until", "soon"));
        assertThat(noTime.statusCode()).isEqualTo(422);
        assertThat(noTime.body()).contains("not a time", "push-" + id);
        var past = browser.follow(
                browser.post("/console/timers/postpone", Map.of("id", "push-" + id, "until", "2020-01-01T00:00")));
        assertThat(past.body()).contains("0 postponed. 1 not possible");
        assertThat(acts()).isEmpty();
    }

    @Test
    void viewersLookOnly() throws Exception {
        UUID id = push();
        Browser viewer = console.signedIn(Role.VIEWER);
        assertThat(viewer.get("/console/timers?user=" + user).body())
                .contains(user)
                .doesNotContain("Let go");
        assertThat(viewer.post("/console/timers/release", Map.of("id", "push-" + id))
                        .statusCode())
                .isEqualTo(403);
        assertThat(waiting()).hasSize(1);
    }
}
