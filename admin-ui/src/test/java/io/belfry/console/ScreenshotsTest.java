package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventLog;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Writes a picture of every page, wide and narrow, light and dark, to `target/screenshots`, and checks what can be
/// checked of looks: nothing is wider than the window, and no script or style was refused.
@ExtendWith(ConsoleExtension.class)
class ScreenshotsTest {
    private static final Path PICTURES = Path.of("target", "screenshots");

    private final Console console;

    ScreenshotsTest(Console console) {
        this.console = console;
    }

    @Test
    void everyPageFitsItsWindowInLightAndDark() throws Exception {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/console");
        pages.put("notifications", "/console/notifications");
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
            for (int width : new int[] {1440, 390}) {
                for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                    shoot(chromium, email, pages, width, scheme);
                }
            }
            assertThat(chromium.complaints).isEmpty();
        }
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
        String suffix = "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png";
        page.navigate("/console/sign-in");
        picture(page, "sign-in" + suffix);
        Chromium.signIn(page, email);
        pages.forEach((name, path) -> {
            page.navigate(path);
            page.locator("#content").waitFor();
            picture(page, name + suffix);
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .as("width of " + name)
                    .isLessThanOrEqualTo(width);
        });
        page.context().close();
    }

    private static void picture(Page page, String name) {
        page.evaluate("document.fonts.ready");
        page.screenshot(
                new Page.ScreenshotOptions().setPath(PICTURES.resolve(name)).setFullPage(true));
    }
}
