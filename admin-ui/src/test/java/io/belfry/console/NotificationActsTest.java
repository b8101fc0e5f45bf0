package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.trace.AcceptedEvent;
import io.belfry.core.trace.AcceptedEvents;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class NotificationActsTest {
    private final Console console;
    private final Operator editor;
    private final String user = "amended-" + UUID.randomUUID();
    private final NewEvent event = EventTypesTest.event("amended.order", "{\"order\":4711}");

    NotificationActsTest(Console console) {
        this.console = console;
        this.editor = console.operator(Role.EDITOR);
    }

    private void accept() throws Exception {
        console.get(EventLog.class).append(List.of(event));
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
    }

    private UUID deliver(String to) throws Exception {
        UUID id = NotificationId.of(event.id(), to);
        console.deliver(new NewNotification(
                id,
                to,
                event.id(),
                event.type(),
                "general",
                Priority.NORMAL,
                "Order 4711 is on its way",
                "It comes on Friday.",
                "https://shop.example/4711",
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Send(Duration.ofMinutes(10)))));
        return id;
    }

    private NotificationTrace trace(UUID id) {
        return console.get(Traces.class).of(id).orElseThrow();
    }

    private List<String> acts() {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(Optional.of(editor.email()), Optional.empty(), OptionalLong.empty(), 10))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void oneIsEditedThenRecalledAfterAQuestionThatSaysWhatItTouches() throws Exception {
        accept();
        UUID id = deliver(user);
        UUID other = deliver(user + "-2");
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(page, editor.email());
            page.navigate("/console/notifications/" + id);
            page.click("text=Edit …");
            assertThat(page.locator("#title")).hasValue("Order 4711 is on its way");
            assertThat(page.locator("main")).containsText("2 notifications");
            page.fill("#title", "");
            page.evaluate("document.querySelector('#title').required = false");
            page.fill("#link", "javascript:alert(1)");
            page.click("text=Change it");
            assertThat(page.locator("[role=alert]")).containsText("2 things need attention");
            page.fill("#title", "Order 4711 is late");
            page.fill("#link", "https://shop.example/late");
            page.click("text=Change it");
            assertThat(page.locator("h1")).hasText("Order 4711 is late");
            assertThat(page.locator(".trace")).containsText("Edited");

            page.click("a:has-text('Recall …')");
            assertThat(page.locator("dialog")).containsText("Nobody else is touched");
            assertThat(page.locator("dialog")).containsText("The push that waits is not sent");
            page.click("dialog button");
            assertThat(page.locator(".trace")).containsText("Recalled");
            assertThat(page.locator("a:has-text('Edit …')")).hasCount(0);
            assertThat(chromium.complaints).allMatch(told -> told.contains("422"));
        }
        assertThat(trace(id).timer()).as("its push").isEmpty();
        assertThat(trace(other).title()).isEqualTo("Order 4711 is on its way");
        assertThat(trace(other).later().recalledAt()).isEmpty();
        assertThat(acts()).startsWith("notification.recall", "notification.edit");
    }

    @Test
    void anEventIsRecalledFromEverybody() throws Exception {
        accept();
        UUID id = deliver(user);
        UUID other = deliver(user + "-2");
        Browser browser = console.signedIn(editor);
        assertThat(browser.get("/console/notifications/" + id + "/recall-all").body())
                .contains("2 notifications leave the inboxes", "2 pushes that wait are not sent");
        browser.post("/console/notifications/" + id + "/recall-all", Map.of());
        // As a dispatcher does.
        while (console.get(Amendments.class).workOnNext(100).isPresent()) {}
        assertThat(trace(id).later().recalledAt()).isPresent();
        assertThat(trace(other).later().recalledAt()).isPresent();
        assertThat(browser.follow(browser.post("/console/notifications/" + id + "/recall", Map.of()))
                        .body())
                .contains("recalled before");
        assertThat(acts()).first().isEqualTo("event.recall");
    }

    @Test
    void anEditForAllReachesAll() throws Exception {
        accept();
        UUID id = deliver(user);
        UUID other = deliver(user + "-2");
        Browser browser = console.signedIn(editor);
        browser.get("/console/notifications/" + id + "/edit");
        Map<String, String> same = Map.of(
                "title",
                "Order 4711 is on its way",
                "body",
                "It comes on Friday.",
                "link",
                "https://shop.example/4711",
                "reach",
                "all");
        assertThat(browser.post("/console/notifications/" + id + "/edit", same).body())
                .contains("Nothing is different");
        browser.post(
                "/console/notifications/" + id + "/edit",
                Map.of("title", "Late", "body", "Monday.", "link", "https://shop.example/4711", "reach", "all"));
        while (console.get(Amendments.class).workOnNext(100).isPresent()) {}
        assertThat(trace(other).title()).isEqualTo("Late");
        assertThat(trace(other).body()).isEqualTo("Monday.");
        assertThat(acts()).first().isEqualTo("event.edit");
    }

    @Test
    void itIsSentAgainAsAnEventOfItsOwnToThatUserAlone() throws Exception {
        accept();
        UUID id = deliver(user);
        deliver(user + "-2");
        Browser browser = console.signedIn(editor);
        assertThat(browser.get("/console/notifications/" + id + "/resend").body())
                .contains("goes to " + user + " alone");
        String to = browser.post("/console/notifications/" + id + "/resend", Map.of())
                .headers()
                .firstValue("Location")
                .orElseThrow();
        UUID sent = UUID.fromString(to.substring(to.indexOf('=') + 1));
        try {
            var again = console.get(AcceptedEvents.class).find(sent, user).orElseThrow();
            assertThat(again.tie()).isEqualTo(AcceptedEvent.Tie.NAMED);
            assertThat(again.type()).isEqualTo(event.type());
            assertThat(again.data()).contains("4711");
            assertThat(console.get(AcceptedEvents.class)
                            .find(sent, user + "-2")
                            .orElseThrow()
                            .tie())
                    .isEqualTo(AcceptedEvent.Tie.NONE);
        } finally {
            console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", sent));
        }
        assertThat(acts()).first().isEqualTo("notification.resend");
    }

    @Test
    void viewersMayNot() throws Exception {
        accept();
        UUID id = deliver(user);
        Browser viewer = console.signedIn(Role.VIEWER);
        assertThat(viewer.get("/console/notifications/" + id).body()).doesNotContain("Recall …", "Send again");
        for (String act : List.of("recall", "recall-all", "resend", "edit")) {
            assertThat(viewer.post("/console/notifications/" + id + "/" + act, Map.of())
                            .statusCode())
                    .as(act)
                    .isEqualTo(403);
        }
        assertThat(trace(id).later().recalledAt()).isEmpty();
    }
}
