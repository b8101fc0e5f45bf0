package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.Role;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
        String email = console.operator(Role.ADMIN).email();
        Files.createDirectories(PICTURES);
        try (Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(chromium())
                                .setArgs(List.of("--no-sandbox", "--disable-gpu")))) {
            for (int width : new int[] {1440, 390}) {
                for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                    shoot(browser, email, pages, width, scheme);
                }
            }
        }
    }

    private void shoot(Browser browser, String email, Map<String, String> pages, int width, ColorScheme scheme) {
        try (BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setBaseURL(console.url().toString())
                .setViewportSize(width, width > 1000 ? 900 : 844)
                .setColorScheme(scheme))) {
            Page page = context.newPage();
            List<String> complaints = new ArrayList<>();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(page.url() + ": " + message.text());
                }
            });
            page.onPageError(error -> complaints.add(page.url() + ": " + error));
            String suffix = "-" + width + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + ".png";
            page.navigate("/console/sign-in");
            picture(page, "sign-in" + suffix);
            page.fill("#email", email);
            page.fill("#password", Console.PASSWORD);
            page.click("button.btn-primary");
            page.waitForURL("**/console");
            pages.forEach((name, path) -> {
                page.navigate(path);
                page.locator("#content").waitFor();
                picture(page, name + suffix);
                assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                        .as("width of " + name)
                        .isLessThanOrEqualTo(width);
            });
            assertThat(complaints).isEmpty();
        }
    }

    private static void picture(Page page, String name) {
        page.evaluate("document.fonts.ready");
        page.screenshot(
                new Page.ScreenshotOptions().setPath(PICTURES.resolve(name)).setFullPage(true));
    }

    private static Path chromium() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no chromium in PATH (expected: Debian's chromium)"));
    }
}
