package io.belfry.standalone.up;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import io.belfry.testkit.ChromiumProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo page and the console in a real browser, on the whole process.
class BrowserTest {
    private static final Path PICTURES = Path.of("target", "screenshots");

    private final Path scratch;

    BrowserTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void anEventSentOnTheDemoPageArrivesLiveAndItsWayIsInTheConsole() throws Exception {
        Files.createDirectories(PICTURES);
        try (BelfryProcess belfry = BelfryProcess.demo(scratch);
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(ChromiumProgram.path())
                                .setArgs(List.of("--no-sandbox", "--disable-gpu")))) {
            JsonNode info = belfry.awaitReady();
            List<String> faults = new ArrayList<>();
            Page demo = page(browser, faults);
            sendAndSeeItArrive(demo, info);
            goOfflineAndCatchUp(demo, new Caller(info));
            readInOneTabAndSeeItInTheOther(demo, page(browser, faults), info);
            Page console = page(browser, faults);
            findItInTheConsole(console, info);
            publishATemplateAndSeeItsWords(console, demo, new Caller(info));
            sendABroadcastAndSeeItArriveAndGo(console, demo);
            assertThat(faults).isEmpty();
            belfry.terminate();
            belfry.awaitExit(10);
        }
    }

    private static void sendAndSeeItArrive(Page page, JsonNode info) {
        page.navigate(info.path("url").asText() + "/demo");
        page.getByText("online").first().waitFor();
        page.getByText("Send event").click();
        assertThat(page.getByText("is on its way").first()).isVisible();
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("demo.png")));
    }

    /// Bob's phone rings while his page is off; back on, the page has what it missed, once.
    private static void goOfflineAndCatchUp(Page demo, Caller caller) throws Exception {
        Locator bob = demo.locator(".person[data-user=bob]");
        bob.locator(".switch").click();
        assertThat(bob.locator(".connection")).hasText("offline");
        String event = Caller.id(caller.post(Caller.critical("gate.open", "bob", "while bob is away")));
        Locator phone = bob.frameLocator("iframe").getByText("gate.open");
        assertThat(phone).hasCount(1);
        assertThat(bob.locator("belfry-inbox").getByText("gate.open")).hasCount(0);
        bob.locator(".switch").click();
        assertThat(bob.locator(".connection")).hasText("online");
        assertThat(bob.locator("belfry-inbox").getByText("gate.open")).hasCount(1);
        assertThat(phone).hasCount(1);
        org.assertj.core.api.Assertions.assertThat(
                        caller.delete("/v1/events/" + event + "/notifications").statusCode())
                .isEqualTo(202);
        assertThat(bob.locator("belfry-inbox").getByText("gate.open")).hasCount(0);
        assertThat(phone).hasCount(0);
        assertThat(bob.frameLocator("iframe").locator("li.push")).hasCount(0);
    }

    private static void readInOneTabAndSeeItInTheOther(Page one, Page other, JsonNode info) {
        other.navigate(info.path("url").asText() + "/demo");
        Locator here = bell(one, "alice");
        Locator there = bell(other, "alice");
        assertThat(here).hasText("1");
        assertThat(there).hasText("1");
        other.locator(".person[data-user=alice] belfry-inbox li.item").first().click();
        assertThat(there).isHidden();
        assertThat(here).isHidden();
        other.close();
    }

    private static Locator bell(Page page, String user) {
        return inbox(page, user).locator(".badge");
    }

    private static void findItInTheConsole(Page page, JsonNode info) {
        page.navigate(info.path("url").asText() + "/console");
        page.fill("#email", info.path("operator").path("user").asText());
        page.fill("#password", info.path("operator").path("password").asText());
        page.click("button.btn-primary");
        assertThat(page.getByText("nothing waits").first()).isVisible();
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("overview.png")));
        page.navigate(info.path("url").asText() + "/console/notifications?user=alice");
        page.locator("tr.goes a.strong").first().click();
        assertThat(page.getByText("Written and published")).isVisible();
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("trace.png")));
        page.setViewportSize(390, 844);
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("trace-390.png")));
        page.navigate(info.path("url").asText() + "/console/notifications?event=nonsense");
        assertThat(page.getByText("that is not an id")).isVisible();
    }

    private static void publishATemplateAndSeeItsWords(Page console, Page demo, Caller caller) throws Exception {
        console.setViewportSize(1440, 900);
        console.navigate(console.url().replaceFirst("/console.*", "/console/templates/gate.open"));
        console.locator("#title-en").fill("Gate open: {{ data.text }}");
        console.locator("#body-en").fill("Since just now.");
        console.locator("button[value=publish]").click();
        console.locator("form[action$='/publish'] button.btn-primary").click();
        assertThat(console.locator("[role=status]").first()).containsText("is in use now");
        caller.post(Caller.event("gate.open", "alice", "the east one"));
        assertThat(inbox(demo, "alice").locator("li.item").first()).containsText("Gate open: the east one");
    }

    private static void sendABroadcastAndSeeItArriveAndGo(Page console, Page demo) {
        console.navigate(console.url().replaceFirst("/console.*", "/console/broadcasts/new"));
        console.fill("#title-0", "Bells at noon");
        console.fill("#body-0", "All of them.");
        console.getByText("Review").last().click();
        console.click("form.send button");
        assertThat(console.locator(".alert[role=status]")).containsText("on its way to");
        for (String user : List.of("alice", "bob")) {
            assertThat(inbox(demo, user).locator("li.item.announcement")).hasCount(1, patiently());
        }
        assertThat(console.locator("#progress")).containsText("8 of 8", new ContainsTextOptions().setTimeout(30_000));
        console.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("broadcast.png")));
        console.click("#recall");
        assertThat(console.locator("dialog")).containsText("Recall “Bells at noon”?");
        console.locator("dialog .btn-danger").click();
        assertThat(console.locator(".alert[role=status]")).containsText("It is recalled");
        for (String user : List.of("alice", "bob")) {
            assertThat(inbox(demo, user).locator("li.item.announcement")).hasCount(0);
        }
        console.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("recalled.png")));
    }

    /// A broadcast goes out in waves, a second apart.
    private static HasCountOptions patiently() {
        return new HasCountOptions().setTimeout(30_000);
    }

    private static Locator inbox(Page demo, String user) {
        return demo.locator(".person[data-user=" + user + "] belfry-inbox");
    }

    private static Page page(Browser browser, List<String> faults) {
        Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1440, 900));
        page.onPageError(fault -> faults.add(page.url() + ": " + fault));
        return page;
    }
}
