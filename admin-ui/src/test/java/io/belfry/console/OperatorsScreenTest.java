package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SignIn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class OperatorsScreenTest {
    private static final Pattern PASSWORD = Pattern.compile("id=\"secret\">([a-z2-9-]{19})<");

    private final Console console;

    OperatorsScreenTest(Console console) {
        this.console = console;
    }

    @Test
    void somebodyNewComesInByAOneTimePasswordAndChoosesAnother() {
        String email = "grace-" + UUID.randomUUID() + "@example.com";
        try (Chromium chromium = new Chromium(console)) {
            Page admin = chromium.signedIn(Role.ADMIN);
            admin.navigate("/console/operators");
            admin.click("text=New operator");
            admin.fill("#name", "Grace");
            admin.fill("#email", email);
            admin.check("input[value=broadcaster]");
            admin.click("text=Add the operator");
            String password = admin.textContent("#secret");

            Page grace = chromium.window(1440, ColorScheme.LIGHT);
            grace.navigate("/console/sign-in?next=/console/broadcasts");
            grace.fill("#email", email);
            grace.fill("#password", password);
            grace.click("button.btn-primary");
            assertThat(grace.locator("h1")).hasText("Choose your password");
            grace.navigate("/console/broadcasts");
            assertThat(grace.locator("h1")).hasText("Choose your password");
            grace.fill("#old", password);
            grace.fill("#chosen", "four random good words");
            grace.fill("#again", "four random good words");
            grace.click("button.btn-primary");
            assertThat(grace.locator(".alert[role=status]")).containsText("Your password is changed");
            grace.navigate("/console/broadcasts");
            assertThat(grace.locator("h1")).hasText("Broadcasts");

            // A page that asks for nothing by itself, which would be sent to the sign-in just as it is reloaded.
            grace.navigate("/console/account");
            admin.navigate("/console/operators");
            admin.click("text=" + email + " >> xpath=.. >> a");
            admin.click("text=Disable");
            admin.click("dialog button");
            assertThat(admin.locator(".alert[role=status]")).containsText("disabled");
            grace.reload();
            assertThat(grace.locator("h1")).hasText("Sign in to Belfry");
            assertThat(acts(email))
                    .containsExactly("operator.disable", "operator.password", "session.begin", "operator.create");
            assertThat(chromium.complaints).isEmpty();
        }
    }

    @Test
    void aOneTimePasswordOpensNothingButItsChange() {
        Browser admin = console.signedIn(Role.ADMIN);
        admin.get("/console/operators/new");
        String email = "new-" + UUID.randomUUID() + "@example.com";
        var answer = admin.post("/console/operators", Map.of("email", email, "name", "New", "role", "admin"));
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        String password = handed(answer.body());
        assertThat(admin.get("/console/operators").body()).contains(email).doesNotContain(password);
        assertThat(admin.get("/console/audit/export.csv").body())
                .contains(email)
                .doesNotContain(password);

        Browser fresh = console.browser();
        assertThat(fresh.signIn(email, password).statusCode()).isEqualTo(303);
        assertThat(fresh.get("/console/operators").headers().firstValue("Location"))
                .contains("/console/account/password");
        assertThat(fresh.get("/console/overview/now", "HX-Request", "true")
                        .headers()
                        .firstValue("HX-Redirect"))
                .contains("/console/account/password");
        fresh.get("/console/account/password");
        assertThat(fresh.post("/console/keys", Map.of("id", UUID.randomUUID(), "name", "x", "scope", "events:write"))
                        .headers()
                        .firstValue("Location"))
                .contains("/console/account/password");
        assertThat(fresh.post(
                                "/console/account/password",
                                Map.of("old", password, "chosen", password, "again", password))
                        .body())
                .contains("not the old one");
        assertThat(fresh.post("/console/account/password", Map.of("old", password, "chosen", "short", "again", "short"))
                        .body())
                .contains("5 characters (expected: 10 to 256)");
    }

    @Test
    void theAddressOfSomebodyElseIsRefused() {
        Operator there = console.operator(Role.VIEWER);
        Browser admin = console.signedIn(Role.ADMIN);
        admin.get("/console/operators/new");
        var again = admin.post("/console/operators", Map.of("email", there.email(), "name", "Twice", "role", "viewer"));
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("has an account already").doesNotContainPattern(PASSWORD);
        assertThat(console.get(Operators.class).authenticate(there.email(), Console.PASSWORD))
                .isInstanceOf(SignIn.Accepted.class);
    }

    @Test
    void rolesChangeAtOnceAndNobodyDisablesThemselves() {
        Operator admin = console.operator(Role.ADMIN);
        Browser browser = console.browser();
        browser.signIn(admin.email(), Console.PASSWORD);
        Operator other = console.operator(Role.VIEWER);
        Browser others = console.browser();
        others.signIn(other.email(), Console.PASSWORD);
        assertThat(others.get("/console/broadcasts/new").statusCode()).isEqualTo(403);
        browser.get("/console/operators/" + other.id());
        browser.post("/console/operators/" + other.id() + "/role", Map.of("role", "broadcaster"));
        assertThat(others.get("/console/broadcasts/new").statusCode()).isEqualTo(200);
        browser.post("/console/operators/" + admin.id() + "/disable", Map.of());
        assertThat(browser.get("/console/operators/" + admin.id()).body()).contains("You cannot disable yourself");
        assertThat(acts(other.email())).contains("operator.role");
    }

    @Test
    void theLastAdminStays() {
        Operator last = console.operator(Role.ADMIN);
        Browser browser = console.browser();
        browser.signIn(last.email(), Console.PASSWORD);
        // Other tests leave administrators behind.
        console.get(Operators.class).list().stream()
                .filter(o -> o.role() == Role.ADMIN && !o.id().equals(last.id()))
                .forEach(o -> console.jdbi()
                        .useHandle(h -> h.execute("update operators set disabled_at = now() where id = ?", o.id())));
        browser.get("/console/operators/" + last.id());
        browser.post("/console/operators/" + last.id() + "/role", Map.of("role", "editor"));
        assertThat(browser.get("/console/operators/" + last.id()).body()).contains("This is the last administrator");
        assertThat(console.get(Operators.class).find(last.id()).orElseThrow().role())
                .isEqualTo(Role.ADMIN);
    }

    @Test
    void aResetHandsOverANewPasswordAndSignsOut() {
        Operator operator = console.operator(Role.EDITOR);
        Browser theirs = console.browser();
        theirs.signIn(operator.email(), Console.PASSWORD);
        Browser admin = console.signedIn(Role.ADMIN);
        admin.get("/console/operators/" + operator.id());
        String password = handed(admin.post("/console/operators/" + operator.id() + "/password", Map.of())
                .body());
        assertThat(theirs.get("/console").statusCode()).isEqualTo(303);
        assertThat(console.get(Operators.class).authenticate(operator.email(), Console.PASSWORD))
                .isEqualTo(new SignIn.Refused());
        assertThat(console.get(Operators.class).authenticate(operator.email(), password))
                .isInstanceOf(SignIn.Accepted.class);
        assertThat(acts(operator.email())).contains("operator.password-reset");
    }

    @Test
    void ownSessionsAreShownAndTheOthersEnded() {
        Operator operator = console.operator(Role.VIEWER);
        Browser here = console.browser();
        Browser there = console.browser();
        here.signIn(operator.email(), Console.PASSWORD);
        there.signIn(operator.email(), Console.PASSWORD);
        assertThat(here.get("/console/account").body()).contains("This browser", "Sign out everywhere else");
        here.post("/console/account/sessions/end", Map.of());
        assertThat(there.get("/console").statusCode()).isEqualTo(303);
        assertThat(here.get("/console/account").body()).doesNotContain("Sign out everywhere else");
    }

    @Test
    void onlyAdministratorsManageOperators() {
        Operator someone = console.operator(Role.VIEWER);
        Browser browser = console.signedIn(Role.BROADCASTER);
        for (String path : List.of("", "/new", "/" + someone.id(), "/" + someone.id() + "/disable")) {
            assertThat(browser.get("/console/operators" + path).statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        for (String act : List.of("", "/" + someone.id() + "/role", "/" + someone.id() + "/password")) {
            assertThat(browser.post("/console/operators" + act, Map.of("role", "admin"))
                            .statusCode())
                    .as(act)
                    .isEqualTo(403);
        }
    }

    private static String handed(String page) {
        Matcher password = PASSWORD.matcher(page);
        assertThat(password.find()).as(page).isTrue();
        return password.group(1);
    }

    private List<String> acts(String subject) {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(subject),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        20))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }
}
