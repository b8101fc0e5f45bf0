package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.Role;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Writes a picture of every page, wide and narrow, light and dark, to `target/screenshots`, and checks what can be
/// checked of looks: nothing is wider than the window, no script or style was refused, and axe finds nothing that keeps
/// somebody from using it (labels, names, contrast, order; WCAG 2.1 AA).
@ExtendWith(ConsoleExtension.class)
class ScreenshotsTest {
    private static final int WIDE = 1440;
    private static final Path PICTURES = Path.of("target", "screenshots");

    private final Console console;
    private final Set<String> barriers = new TreeSet<>();

    ScreenshotsTest(Console console) {
        this.console = console;
    }

    @Test
    void everyPageFitsItsWindowInLightAndDark() throws Exception {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/console");
        pages.put("notifications", "/console/notifications");
        pages.put("trace", "/console/notifications/" + trace());
        pages.put("templates", "/console/templates");
        pages.put("new-template", "/console/new-template");
        pages.put("template", "/console/templates/shot.order");
        pages.put("template-history", "/console/templates/shot.order/history");
        pages.put("template-version", "/console/templates/shot.order/versions/1");
        pages.put("template-publish", "/console/templates/shot.order/publish?version=2");
        pages.put("event-types", "/console/event-types");
        pages.put("categories", "/console/categories");
        pages.put("category", "/console/categories/security");
        pages.put("new-category", "/console/new-category");
        pages.putAll(new Scene(console).set());
        String email = console.operator(Role.ADMIN).email();
        writeTemplate();
        Files.createDirectories(PICTURES);
        try (Chromium chromium = new Chromium(console)) {
            for (int width : new int[] {WIDE, 390}) {
                for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                    shoot(chromium, email, pages, width, scheme);
                }
            }
            assertThat(barriers).isEmpty();
            assertThat(chromium.complaints).isEmpty();
        }
    }

    /// A notification that was pushed to two devices, received by none, and still waits.
    private UUID trace() throws Exception {
        NewEvent event = EventTypesTest.event("shot.trace", "{\"order\":4711,\"note\":\"" + "y".repeat(120) + "\"}");
        console.get(EventLog.class).append(List.of(event));
        UUID id = NotificationId.of(event.id(), "u1");
        console.deliver(new NewNotification(
                id,
                "u1",
                event.id(),
                event.type(),
                "general",
                Priority.NORMAL,
                "Order 4711 is on its way",
                "It comes on Friday.",
                "https://shop.example/orders/4711?" + "z".repeat(80),
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Send(Duration.ofMillis(600_000)))));
        console.jdbi().useHandle(h -> h.createUpdate(
                        "insert into push_attempts (subject_id, user_id, device_id, attempt, outcome, detail)"
                                + " values (:id, 'u1', 'phone', 1, 'accepted', null), (:id, 'u1', :tablet, 1, 'token_dead', '404 UNREGISTERED')")
                .bind("id", id)
                .bind("tablet", "a-tablet-with-a-very-long-identifier-0123456789")
                .execute());
        return id;
    }

    /// One with a version in use, a draft over it, a language that is written from the right, and long words.
    private void writeTemplate() throws Exception {
        console.get(EventLog.class).append(List.of(EventTypesTest.event("shot.order", "{\"order\":4711}")));
        var versions = console.get(TemplateVersions.class);
        String author = "somebody.with-a-rather-long-name@department.example.com";
        var words = new TemplateContent(
                "Order {{ data.order }} is on its way",
                "It comes {{ data.eta }}.",
                "https://shop.example/{{ data.order }}");
        if (versions.saveDraft("shot.order", Map.of("en", words), author, Revision.NONE)
                instanceof DraftSaving.Saved(TemplateVersion draft)) {
            versions.publish(
                    new TemplateVersions.Choice("shot.order", 1, draft.revision(), Optional.empty()),
                    author,
                    "The first.");
            var changed = new TemplateContent("Parcel {{ data.order }}", "x".repeat(200), "javascript:alert(1)");
            var arabic = new TemplateContent("طلبك {{ data.order }} في الطريق", "", "");
            versions.saveDraft("shot.order", Map.of("en", changed, "ar", arabic), author, draft.revision());
        }
    }

    private void shoot(Chromium chromium, String email, Map<String, String> pages, int width, ColorScheme scheme) {
        Page page = chromium.window(width, scheme);
        // Both widths and both schemes are looked at, but not each with each: it takes a while.
        boolean isLooked = (width == WIDE) == (scheme == ColorScheme.LIGHT);
        String suffix = "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png";
        page.navigate("/console/sign-in");
        picture(page, "sign-in" + suffix);
        if (isLooked) {
            look(page, "sign-in" + suffix);
        }
        Chromium.signIn(page, email);
        pages.forEach((name, path) -> {
            page.navigate(path);
            page.locator("#content").waitFor();
            picture(page, name + suffix);
            if (isLooked) {
                look(page, name + suffix);
            }
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as("width of " + name)
                    .isLessThanOrEqualTo(width);
        });
        page.context().close();
    }

    private void look(Page page, String what) {
        for (Rule rule : new AxeBuilder(page)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"))
                .analyze()
                .getViolations()) {
            rule.getNodes().forEach(node -> barriers.add(what + ": " + rule.getId() + ", " + node.getHtml()));
        }
    }

    private static void picture(Page page, String name) {
        page.evaluate("document.fonts.ready");
        page.screenshot(
                new Page.ScreenshotOptions().setPath(PICTURES.resolve(name)).setFullPage(true));
    }
}
