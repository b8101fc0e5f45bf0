package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import java.net.HttpCookie;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class SignInTest {
    private final Console console;

    SignInTest(Console console) {
        this.console = console;
    }

    @Test
    void strangersAreLedToSignInAndBack() {
        Browser browser = console.browser();
        var refused = browser.get("/console/notifications?user=u1");
        assertThat(refused.statusCode()).isEqualTo(303);
        assertThat(refused.headers().firstValue("Location"))
                .contains("/console/sign-in?next=%2Fconsole%2Fnotifications%3Fuser%3Du1");

        assertThat(browser.follow(refused).body()).contains("value=\"/console/notifications?user=u1\"");
        Operator operator = console.operator(Role.VIEWER);
        var accepted = browser.post(
                "/console/sign-in",
                Map.of(
                        "email",
                        operator.email(),
                        "password",
                        Console.PASSWORD,
                        "next",
                        "/console/notifications?user=u1"));
        assertThat(accepted.headers().firstValue("Location")).contains("/console/notifications?user=u1");
        assertThat(browser.follow(accepted).statusCode()).isNotEqualTo(303);
    }

    @Test
    void signInLeadsToNobodyElsesPages() {
        Operator operator = console.operator(Role.VIEWER);
        for (String next : new String[] {
            "https://evil.example/", "//evil.example/", "/console//evil.example", "/console/../v1", "/\\evil.example"
        }) {
            Browser browser = console.browser();
            browser.get("/console/sign-in");
            var accepted = browser.post(
                    "/console/sign-in", Map.of("email", operator.email(), "password", Console.PASSWORD, "next", next));
            assertThat(accepted.headers().firstValue("Location")).as(next).isIn(Optional.of("/console"));
        }
    }

    @Test
    void theSessionsCookieIsForTheConsoleAlone() {
        Browser browser = console.browser();
        var accepted = browser.signIn(console.operator(Role.VIEWER).email(), Console.PASSWORD);
        assertThat(accepted.headers().allValues("Set-Cookie")).anySatisfy(cookie -> assertThat(cookie)
                .startsWith("belfry_console=")
                .contains("HTTPOnly", "SameSite=Strict", "Path=/console"));
    }

    @Test
    void wrongPasswordsAreRefusedInTheSameWordsAsUnknownAddresses() {
        Operator operator = console.operator(Role.VIEWER);
        Browser browser = console.browser();
        var wrong = browser.signIn(operator.email(), "wrong password");
        var unknown = browser.signIn("nobody@example.com", "wrong password");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(alert(wrong.body())).isEqualTo(alert(unknown.body())).isNotEmpty();
        assertThat(wrong.body()).as("keeps what was typed").contains(operator.email());
        assertThat(browser.get("/console").statusCode()).isEqualTo(303);
    }

    @Test
    void failuresInARowLockTheAccountAndAreAudited() {
        Operator operator = console.operator(Role.ADMIN);
        Browser browser = console.browser();
        for (int i = 0; i < 3; i++) {
            browser.signIn(operator.email(), "wrong password");
        }
        assertThat(browser.signIn(operator.email(), Console.PASSWORD).statusCode())
                .isEqualTo(401);
        assertThat(console.get(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.of(operator.email()), Optional.empty(), OptionalLong.empty(), 10)))
                .extracting(AuditEntry::action)
                .containsOnly("session.refused")
                .hasSize(4);
    }

    @Test
    void aForgedSignInFormIsRefused() {
        Operator operator = console.operator(Role.VIEWER);
        Browser browser = console.browser();
        var withoutPage =
                browser.post("/console/sign-in", Map.of("email", operator.email(), "password", Console.PASSWORD));
        assertThat(withoutPage.statusCode()).isEqualTo(403);
        browser.get("/console/sign-in");
        var fromElsewhere = browser.post(
                "/console/sign-in",
                Map.of("email", operator.email(), "password", Console.PASSWORD),
                "Origin",
                "https://evil.example");
        assertThat(fromElsewhere.statusCode()).isEqualTo(403);
    }

    @Test
    void signOutEndsTheSessionOnTheServerToo() {
        Browser browser = console.signedIn(Role.VIEWER);
        HttpCookie session = browser.cookies.getCookieStore().getCookies().stream()
                .filter(c -> c.getName().equals("belfry_console"))
                .findFirst()
                .orElseThrow();
        assertThat(browser.post("/console/sign-out", Map.of()).statusCode()).isEqualTo(303);
        Browser thief = console.browser();
        assertThat(thief.get("/console", "Cookie", "belfry_console=" + session.getValue())
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void bearersOpenNothingHere() {
        assertThat(console.browser()
                        .get("/console", "Authorization", "Bearer bk_something")
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void aLinkOnAnotherSiteArrivesThroughAPageThatReloads() {
        var arriving = console.browser()
                .get("/console/templates", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
        assertThat(arriving.statusCode()).isEqualTo(200);
        assertThat(arriving.body()).contains("http-equiv=\"refresh\"");
    }

    private static String alert(String html) {
        int from = html.indexOf("role=\"alert\"");
        return from < 0 ? "" : html.substring(from, html.indexOf("</div>", from));
    }
}
