package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.console.ConsoleRoutes.Route;
import io.belfry.core.access.Role;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What every answer of the console tells the browser, whether it is a page, a part of one, a redirect or a refusal.
@ExtendWith(ConsoleExtension.class)
class HeadersTest {
    private static final Pattern NONCE = Pattern.compile("script-src 'nonce-([A-Za-z0-9_-]{22,})'");
    private static final Pattern SCRIPT = Pattern.compile("<script\\b[^>]*>");
    private static final Pattern INLINE = Pattern.compile("\\s(on[a-z]+|style)\\s*=\\s*[\"']|<style\\b|javascript:");

    private final Console console;

    HeadersTest(Console console) {
        this.console = console;
    }

    @Test
    void everyAnswerForbidsWhatItsPageDoesNotNeed() {
        for (HttpResponse<String> answer : answers()) {
            String what = answer.request().method() + " " + answer.uri() + " " + answer.statusCode();
            String policy = header(answer, "Content-Security-Policy");
            assertThat(policy)
                    .as(what)
                    .contains(
                            "default-src 'none'",
                            "frame-ancestors 'none'",
                            "base-uri 'none'",
                            "object-src 'none'",
                            "form-action 'self'",
                            "connect-src 'self'",
                            "style-src 'self';")
                    .doesNotContain("unsafe-inline", "unsafe-eval", "*", "http:", "https:");
            assertThat(NONCE.matcher(policy).find()).as(what).isTrue();
            assertThat(header(answer, "X-Content-Type-Options")).as(what).isEqualTo("nosniff");
            assertThat(header(answer, "X-Frame-Options")).as(what).isEqualTo("DENY");
            assertThat(header(answer, "Referrer-Policy")).as(what).isEqualTo("same-origin");
            assertThat(header(answer, "Cross-Origin-Opener-Policy")).as(what).isEqualTo("same-origin");
            assertThat(header(answer, "Cross-Origin-Resource-Policy")).as(what).isEqualTo("same-origin");
            assertThat(header(answer, "Cache-Control"))
                    .as(what)
                    .isEqualTo(
                            answer.uri().getPath().startsWith("/console/assets/") && answer.statusCode() == 200
                                    ? "public, max-age=60"
                                    : "no-store");
        }
    }

    @Test
    void onlyScriptsThatTheServerWroteRun() {
        for (HttpResponse<String> answer : answers()) {
            if (header(answer, "Content-Type").startsWith("text/html")) {
                Matcher nonce = NONCE.matcher(header(answer, "Content-Security-Policy"));
                assertThat(nonce.find()).isTrue();
                Matcher script = SCRIPT.matcher(answer.body());
                while (script.find()) {
                    assertThat(script.group()).contains("nonce=\"" + nonce.group(1) + "\"", "src=");
                }
                assertThat(INLINE.matcher(answer.body()).results().map(found -> found.group()))
                        .as("inline scripts and styles of %s", answer.uri())
                        .isEmpty();
            }
        }
    }

    @Test
    void aNonceIsForOnePage() {
        Browser browser = console.signedIn(Role.VIEWER);
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Matcher nonce = NONCE.matcher(header(browser.get("/console"), "Content-Security-Policy"));
            assertThat(nonce.find()).isTrue();
            nonces.add(nonce.group(1));
        }
        assertThat(nonces).hasSize(20);
    }

    @Test
    void everyPageIsUtf8() {
        assertThat(header(console.signedIn(Role.ADMIN).get("/console/categories"), "Content-Type"))
                .matches("(?i)text/html; ?charset=utf-8");
    }

    /// Pages, parts, redirects, refusals, things that are not there, and files.
    private List<HttpResponse<String>> answers() {
        Browser admin = console.signedIn(Role.ADMIN);
        var answers = new ArrayList<HttpResponse<String>>();
        for (Route route : ConsoleRoutes.of(console)) {
            if (!route.changes()) {
                answers.add(admin.get(route.path()));
            }
        }
        answers.add(admin.get("/console/nothing/here"));
        answers.add(admin.get("/console/assets/0/content.css"));
        answers.add(admin.post("/console/categories", Map.of("id", "!")));
        answers.add(admin.postRaw("/console/categories", "csrf=no"));
        answers.add(admin.postRaw("/console/categories", "csrf=" + "x".repeat(600_000)));
        answers.add(admin.postRaw("/console/categories", "%zz=%"));
        answers.add(console.signedIn(Role.VIEWER).get("/console/new-category"));
        answers.add(console.browser().get("/console"));
        answers.add(console.browser()
                .get("/console/templates", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"));
        answers.add(admin.post("/console/sign-out", Map.of()));
        return answers;
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
