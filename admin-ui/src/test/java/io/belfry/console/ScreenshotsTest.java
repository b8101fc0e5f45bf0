package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
        pages.put("event-types", "/console/event-types");
        pages.put("categories", "/console/categories");
        pages.put("category", "/console/categories/security");
        pages.put("new-category", "/console/new-category");
        pages.put("keys", "/console/keys");
        pages.put("keys-new", "/console/keys/new");
        pages.put("audit", "/console/audit");
        String email = console.operator(Role.ADMIN).email();
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
