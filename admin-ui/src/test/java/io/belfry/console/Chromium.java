package io.belfry.console;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.belfry.core.access.Role;
import java.util.ArrayList;
import java.util.List;

/// Windows of a real browser for tests of what pages do, none of which knows the cookies of another. Collects what
/// pages complain about on their consoles: refused scripts and styles, exceptions. For one thread.
final class Chromium implements AutoCloseable {
    /// That a form was refused (422) is what a test may want. htmx tells with the others that a request was given up
    /// because the page was left; a request that fails is told as `htmx:sendError` or `htmx:responseError` as well.
    private static final List<String> EXPECTED = List.of("status of 422", "htmx:sendAbort", "htmx:afterRequest");

    private final com.microsoft.playwright.Browser browser;
    private final Console console;
    private final List<BrowserContext> windows = new ArrayList<>();
    final List<String> complaints = new ArrayList<>();

    Chromium(Console console) {
        this.console = console;
        this.browser = console.engines().own();
    }

    /// A window in which nobody is signed in.
    Page window(int width, ColorScheme scheme) {
        BrowserContext context = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setBaseURL(console.url().toString())
                .setViewportSize(width, width > 1000 ? 900 : 844)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB"));
        windows.add(context);
        context.setDefaultTimeout(20_000);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && EXPECTED.stream().noneMatch(message.text()::contains)) {
                complaints.add(page.url() + ": " + message.text());
            }
        });
        page.onPageError(error -> complaints.add(page.url() + ": " + error));
        return page;
    }

    /// A wide window in which a new operator of that role has signed in.
    Page signedIn(Role role) {
        Page page = window(1440, ColorScheme.LIGHT);
        signIn(page, console.operator(role).email());
        return page;
    }

    static void signIn(Page page, String email) {
        page.navigate("/console/sign-in");
        page.fill("#email", email);
        page.fill("#password", Console.PASSWORD);
        page.click("button.btn-primary");
        page.waitForURL("**/console");
    }

    @Override
    public void close() {
        windows.forEach(BrowserContext::close);
    }
}
