package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Writes a picture of every page, wide and narrow, light and dark, to `target/screenshots`, and checks what can be
/// checked of looks: nothing is wider than the window, no script or style was refused, and axe finds nothing that keeps
/// somebody from using it (labels, names, contrast, order; WCAG 2.1 AA).
@ExtendWith(ConsoleExtension.class)
class ScreenshotsTest {
    private static final int WIDE = 1440;
    private static final int HEIGHT = 900;
    private static final int NARROW = 390;
    private static final int NARROW_HEIGHT = 844;
    private static final int PHOTOGRAPHERS = 2;
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final List<String> RULES = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice");

    private final Console console;
    private final Set<String> barriers = new ConcurrentSkipListSet<>();
    private final Set<String> tooWide = new ConcurrentSkipListSet<>();
    private final Set<String> complaints = new ConcurrentSkipListSet<>();

    ScreenshotsTest(Console console) {
        this.console = console;
    }

    @Test
    void everyPageFitsItsWindowInLightAndDark() throws Exception {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/console");
        pages.put("notifications", "/console/notifications");
        UUID trace = trace();
        pages.put("trace", "/console/notifications/" + trace);
        pages.put("trace-edit", "/console/notifications/" + trace + "/edit");
        pages.put("trace-recall", "/console/notifications/" + trace + "/recall-all");
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
        writeTemplate();
        Files.createDirectories(PICTURES);
        Queue<Map.Entry<String, String>> left = new ConcurrentLinkedQueue<>(pages.entrySet());
        try (var photographers = Executors.newFixedThreadPool(PHOTOGRAPHERS)) {
            var done = new ArrayList<Future<?>>();
            for (int i = 0; i < PHOTOGRAPHERS; i++) {
                done.add(photographers.submit(() -> shootAll(left)));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
        assertThat(barriers).isEmpty();
        assertThat(tooWide).isEmpty();
        assertThat(complaints).isEmpty();
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

    /// Each page is opened once, and looked at while its window is made narrow and the system's scheme changes.
    private void shootAll(Queue<Map.Entry<String, String>> left) {
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(WIDE, ColorScheme.LIGHT);
            page.navigate("/console/sign-in");
            shoot(page, "sign-in");
            page.setViewportSize(WIDE, HEIGHT);
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
            Chromium.signIn(page, console.operator(Role.ADMIN).email());
            for (var next = left.poll(); next != null; next = left.poll()) {
                page.setViewportSize(WIDE, HEIGHT);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                assertThat(page.navigate(next.getValue()).status())
                        .as(next.getValue())
                        .isEqualTo(200);
                page.locator("#content").waitFor();
                shoot(page, next.getKey());
            }
            complaints.addAll(chromium.complaints);
        }
    }

    /// Both widths and both schemes are looked at by axe, but not each with each: it takes a while.
    private void shoot(Page page, String name) {
        look(page, name);
        picture(page, name, WIDE, ColorScheme.LIGHT);
        picture(page, name, WIDE, ColorScheme.DARK);
        picture(page, name, NARROW, ColorScheme.DARK);
        look(page, name);
        picture(page, name, NARROW, ColorScheme.LIGHT);
    }

    private void look(Page page, String what) {
        for (Rule rule : new AxeBuilder(page)
                // Without frames there is nothing that the other mode would open a page of its own for.
                .setLegacyMode(true)
                .options(onlyViolations())
                .withTags(RULES)
                .analyze()
                .getViolations()) {
            rule.getNodes()
                    .forEach(node -> barriers.add(
                            what + " at " + page.viewportSize().width + ": " + rule.getId() + ", " + node.getHtml()));
        }
    }

    private static AxeRunOptions onlyViolations() {
        var options = new AxeRunOptions();
        options.setResultTypes(List.of("violations"));
        return options;
    }

    private void picture(Page page, String name, int width, ColorScheme scheme) {
        if (page.viewportSize().width != width) {
            page.setViewportSize(width, width == WIDE ? HEIGHT : NARROW_HEIGHT);
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        String theme = scheme.name().toLowerCase(Locale.ROOT);
        page.waitForFunction(
                "theme => document.documentElement.getAttribute('data-bs-theme') === theme && document.fonts.status === 'loaded'",
                theme);
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + "-" + width + "-" + theme + ".png"))
                .setFullPage(true));
        if ((Integer) page.evaluate("document.documentElement.scrollWidth") > width) {
            tooWide.add(name + " at " + width);
        }
    }
}
