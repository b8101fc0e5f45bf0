package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SignIn;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecondFactorTest {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern SECRET = Pattern.compile("id=\"secret\">([A-Z2-7 ]+)<");
    private static final Pattern RECOVERY = Pattern.compile("<span>([a-z2-9-]{19})</span>");

    private final Console console;

    /// One of its own: a node lets an address try to sign in 20 times a minute, of which these tests need 18.
    SecondFactorTest(Console console) {
        this.console = ConsoleExtension.another(console, Map.of());
    }

    @AfterAll
    void close() {
        console.close();
    }

    /// As an app computes it from what the page shows.
    private static String code(String base32, Instant time) {
        String digits = base32.replace(" ", "");
        var bits = new StringBuilder();
        digits.chars()
                .mapToObj(c -> Integer.toBinaryString(32 + BASE32.indexOf(c)).substring(1))
                .forEach(bits::append);
        byte[] secret = new byte[bits.length() / 8];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
        }
        try {
            return new TimeBasedOneTimePasswordGenerator()
                    .generateOneTimePasswordString(new SecretKeySpec(secret, "HmacSHA1"), time, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The next one, which is taken already, since the present one was used to set it up.
    private static String next(String base32) {
        return code(base32, Instant.now().plus(Duration.ofSeconds(30)));
    }

    private List<String> acts(Operator operator) {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(operator.email()),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        20))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    private record SetUp(Browser browser, String secret, List<String> recovery) {}

    private SetUp setUp(Operator operator) {
        Browser browser = console.signedIn(operator);
        browser.get("/console/account/second-factor");
        String page = browser.follow(browser.post("/console/account/second-factor/begin", Map.of()))
                .body();
        String secret = SECRET.matcher(page).results().findFirst().orElseThrow().group(1);
        String codes = browser.post(
                        "/console/account/second-factor/confirm", Map.of("code", code(secret, Instant.now())))
                .body();
        return new SetUp(
                browser,
                secret,
                RECOVERY.matcher(codes).results().map(found -> found.group(1)).toList());
    }

    @Test
    void anAppIsConnectedAndAskedForFromThenOn() {
        Operator operator = console.operator(Role.EDITOR);
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(page, operator.email());
            page.navigate("/console/account");
            page.click("text=Second factor >> nth=-1");
            page.click("text=Set it up");
            assertThat(page.locator("svg.qr path")).isVisible();
            picture(page, "second-factor-setup-1440-light");
            page.click("summary");
            String secret = page.textContent("#secret");
            page.fill("#code", "000 000");
            page.click("text=Turn it on");
            assertThat(page.locator("[role=alert]")).containsText("not the code");
            page.fill("#code", code(secret, Instant.now()));
            page.click("text=Turn it on");
            assertThat(page.locator("h1")).hasText("Your second factor is on");
            assertThat(page.locator("#codes span")).hasCount(10);
            picture(page, "second-factor-codes-1440-light");
            String recovery = page.locator("#codes span").first().textContent();
            page.navigate("/console/account/second-factor");
            assertThat(page.content()).doesNotContain(recovery).doesNotContain(secret);

            Page other = chromium.window(390, ColorScheme.DARK);
            other.navigate("/console/sign-in?next=/console/users");
            other.fill("#email", operator.email());
            other.fill("#password", Console.PASSWORD);
            other.click("button.btn-primary");
            assertThat(other.locator("h1")).hasText("Enter your code");
            picture(other, "sign-in-code-390-dark");
            other.navigate("/console/users");
            assertThat(other.locator("h1")).hasText("Sign in to Belfry");
            other.navigate("/console/sign-in/code?next=/console/users");
            other.fill("#code", "123");
            other.click("button.btn-primary");
            assertThat(other.locator("[role=alert]")).containsText("not right");
            other.fill("#code", next(secret));
            other.click("button.btn-primary");
            assertThat(other.locator("h1")).hasText("Users");
            // Refused codes are told by the browser too.
            assertThat(chromium.complaints).allMatch(told -> told.contains("401"));
        }
        assertThat(acts(operator)).contains("operator.second-factor", "session.refused", "session.begin");
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + ".png"))
                .setFullPage(true));
        assertThat(new AxeBuilder(page).setLegacyMode(true).analyze().getViolations())
                .as(name)
                .isEmpty();
    }

    @Test
    void aCodeOrARecoveryCodeSignsInOnce() {
        Operator operator = console.operator(Role.VIEWER);
        SetUp made = setUp(operator);
        assertThat(made.recovery).hasSize(10);
        String code = next(made.secret);
        assertThat(enter(operator, code)).isEqualTo(303);
        assertThat(enter(operator, code)).as("replayed").isEqualTo(401);
        String recovery = made.recovery.getFirst();
        assertThat(enter(operator, recovery)).isEqualTo(303);
        assertThat(enter(operator, recovery)).as("used").isEqualTo(401);
        assertThat(made.browser.get("/console/account/second-factor").body()).contains("9 of 10");
    }

    private int enter(Operator operator, String code) {
        Browser browser = console.browser();
        browser.signIn(operator.email(), Console.PASSWORD);
        return browser.post("/console/sign-in/code", Map.of("code", code)).statusCode();
    }

    @Test
    void withoutThePasswordNobodyIsAskedForACode() {
        Browser browser = console.browser();
        assertThat(browser.get("/console/sign-in/code").headers().firstValue("Location"))
                .contains("/console/sign-in");
        browser.get("/console/sign-in");
        assertThat(browser.post("/console/sign-in/code", Map.of("code", "123456"))
                        .headers()
                        .firstValue("Location"))
                .contains("/console/sign-in");
        assertThat(console.browser()
                        .post("/console/sign-in/code", Map.of("code", "123456"))
                        .statusCode())
                .as("a forged form")
                .isEqualTo(403);
    }

    @Test
    void wrongCodesLockTheAccount() {
        Operator operator = console.operator(Role.VIEWER);
        SetUp made = setUp(operator);
        Browser browser = console.browser();
        browser.signIn(operator.email(), Console.PASSWORD);
        for (int i = 0; i < 3; i++) {
            assertThat(browser.post("/console/sign-in/code", Map.of("code", "000000"))
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(browser.post("/console/sign-in/code", Map.of("code", next(made.secret)))
                        .statusCode())
                .isEqualTo(401);
        assertThat(console.get(Operators.class).authenticate(operator.email(), Console.PASSWORD))
                .isInstanceOf(SignIn.Locked.class);
    }

    @Test
    void itIsTurnedOffWithThePasswordOnly() {
        Operator operator = console.operator(Role.VIEWER);
        SetUp made = setUp(operator);
        var refused = made.browser.post("/console/account/second-factor/remove", Map.of("password", "wrong"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("not your password");
        String renewed = made.browser
                .post("/console/account/second-factor/codes", Map.of("password", Console.PASSWORD))
                .body();
        assertThat(renewed).doesNotContain(made.recovery.getFirst()).containsPattern(RECOVERY);
        made.browser.post("/console/account/second-factor/remove", Map.of("password", Console.PASSWORD));
        assertThat(console.get(Operators.class).authenticate(operator.email(), Console.PASSWORD))
                .isInstanceOf(SignIn.Accepted.class);
        assertThat(acts(operator)).startsWith("operator.second-factor-off", "operator.recovery-codes");
    }

    @Test
    void anAdminResetsThatOfSomebodyElseWhoIsSignedOut() {
        Operator operator = console.operator(Role.EDITOR);
        SetUp made = setUp(operator);
        String path = "/console/operators/" + operator.id() + "/second-factor";
        assertThat(console.signedIn(Role.BROADCASTER).post(path, Map.of()).statusCode())
                .isEqualTo(403);
        Browser admin = console.signedIn(Role.ADMIN);
        assertThat(admin.get(path).body()).contains("the password alone");
        admin.post(path, Map.of());
        assertThat(made.browser.get("/console").statusCode()).as("signed out").isEqualTo(303);
        assertThat(console.get(Operators.class).authenticate(operator.email(), Console.PASSWORD))
                .isInstanceOf(SignIn.Accepted.class);
        assertThat(acts(operator)).first().isEqualTo("operator.second-factor-reset");
        assertThat(admin.follow(admin.post(path, Map.of())).body()).contains("no second factor to reset");
    }

    @Test
    void whereEverybodyNeedsOneNothingElseOpensWithout() {
        Operator operator = console.operator(Role.ADMIN);
        try (Console strict = ConsoleExtension.another(console, Map.of("belfry.operators.second-factor", "required"))) {
            Browser browser = strict.signedIn(operator);
            for (String path : List.of("/console", "/console/operators", "/console/account")) {
                assertThat(browser.get(path).headers().firstValue("Location"))
                        .as(path)
                        .contains("/console/account/second-factor");
            }
            browser.get("/console/account/second-factor");
            assertThat(browser.post("/console/keys", Map.of("name", "x")).statusCode())
                    .isEqualTo(303);
            String page = browser.follow(browser.post("/console/account/second-factor/begin", Map.of()))
                    .body();
            assertThat(page).contains("Everybody needs one here");
            String secret =
                    SECRET.matcher(page).results().findFirst().orElseThrow().group(1);
            browser.post("/console/account/second-factor/confirm", Map.of("code", code(secret, Instant.now())));
            assertThat(browser.get("/console/operators").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneSessionIsEndedAmongOthers() {
        Operator operator = console.operator(Role.VIEWER);
        Browser here = console.signedIn(operator);
        Browser there = console.signedIn(operator);
        String page = here.get("/console/account").body();
        String end = Pattern.compile("action=\"(/console/account/sessions/[0-9a-f]{64}/end)\"")
                .matcher(page)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        Browser stranger = console.signedIn(Role.VIEWER);
        stranger.get("/console/account");
        stranger.post(end, Map.of());
        assertThat(there.get("/console/account").statusCode())
                .as("a session of somebody else")
                .isEqualTo(200);
        here.post(end, Map.of());
        assertThat(there.get("/console/account").statusCode()).isEqualTo(303);
        assertThat(here.get("/console/account").statusCode()).isEqualTo(200);
        assertThat(acts(operator)).first().isEqualTo("session.end-one");
        Browser admin = console.signedIn(Role.ADMIN);
        admin.get("/console/operators/" + operator.id() + "/sessions");
        admin.post("/console/operators/" + operator.id() + "/sessions", Map.of());
        assertThat(here.get("/console/account").statusCode()).isEqualTo(303);
    }
}
