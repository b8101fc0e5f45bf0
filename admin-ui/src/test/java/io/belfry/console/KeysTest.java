package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.access.Scope;
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
class KeysTest {
    private static final Pattern SECRET = Pattern.compile("bk_[A-Za-z0-9_-]{43}");

    private final Console console;

    KeysTest(Console console) {
        this.console = console;
    }

    @Test
    void aKeyMadeHereOpensTheApiUntilItIsRevoked() {
        String name = "orders " + UUID.randomUUID();
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.ADMIN);
            page.navigate("/console/keys");
            page.click("text=New key");
            page.fill("#name", name);
            page.check("input[value='users:write']");
            page.click("text=Make the key");
            String secret = page.textContent("#secret");

            assertThat(console.get(ApiKeys.class).find(secret)).hasValueSatisfying(key -> assertThat(key.scopes())
                    .containsExactlyInAnyOrder(Scope.EVENTS_WRITE, Scope.USERS_WRITE));

            page.click("text=Done");
            assertThat(page.content()).as("shown once").doesNotContain(secret);
            page.click("[aria-label='Revoke " + name + "']");
            page.click("dialog button");
            assertThat(page.locator("[role=status]")).containsText("is revoked");
            assertThat(console.get(ApiKeys.class).find(secret)).isEmpty();
            assertThat(acts(name)).containsExactly("key.revoke", "key.create");
            assertThat(chromium.complaints).isEmpty();
        }
    }

    @Test
    void sendingTheFormTwiceMakesOneKey() {
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/keys/new");
        Map<String, Object> form =
                Map.of("id", UUID.randomUUID(), "name", "twice " + UUID.randomUUID(), "scope", List.of("events:read"));
        assertThat(browser.post("/console/keys", form).body()).containsPattern(SECRET);
        var again = browser.post("/console/keys", form);
        assertThat(again.statusCode()).isEqualTo(303);
        assertThat(again.body()).doesNotContainPattern(SECRET);
        assertThat(console.get(ApiKeys.class).list())
                .filteredOn(key -> key.name().equals(form.get("name")))
                .hasSize(1);
    }

    @Test
    void aKeyForTestsIsMarked() {
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/keys/new");
        String name = "trial " + UUID.randomUUID();
        browser.post(
                "/console/keys",
                Map.of("id", UUID.randomUUID(), "name", name, "scope", List.of("events:write"), "kind", "test"));

        assertThat(console.get(ApiKeys.class).list())
                .filteredOn(key -> key.name().equals(name))
                .allMatch(ApiKey::isTest)
                .hasSize(1);
        assertThat(browser.get("/console/keys").body()).contains(">test</span>");
    }

    @Test
    void noListNoAuditEntryAndNoFlashHoldsTheSecret() {
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/keys/new");
        String name = "quiet " + UUID.randomUUID();
        var made = browser.post(
                "/console/keys", Map.of("id", UUID.randomUUID(), "name", name, "scope", List.of("events:write")));
        Matcher secret = SECRET.matcher(made.body());
        assertThat(secret.find()).isTrue();
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(browser.get("/console/keys").body()).contains(name).doesNotContain(secret.group());
        assertThat(browser.get("/console/audit").body()).contains(name).doesNotContain(secret.group());
        assertThat(browser.get("/console/audit/export.csv").body())
                .contains(name)
                .doesNotContain(secret.group());
    }

    @Test
    void aKeyWithoutNameOrScopeIsRefusedWithWhatWasTyped() {
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/keys/new");
        var refused = browser.post("/console/keys", Map.of("id", UUID.randomUUID(), "name", "<b>half</b>"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("value=\"&lt;b&gt;half&lt;/b&gt;\"", "choose at least one");
    }

    @Test
    void revokingTwiceIsToldAndAuditedOnce() {
        ApiKey key = console.get(ApiKeys.class)
                .create("once " + UUID.randomUUID(), java.util.Set.of(Scope.EVENTS_READ))
                .key();
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/keys/" + key.id() + "/revoke");
        browser.post("/console/keys/" + key.id() + "/revoke", Map.of());
        browser.post("/console/keys/" + key.id() + "/revoke", Map.of());
        assertThat(browser.get("/console/keys").body()).contains("was revoked before");
        assertThat(acts(key.name())).containsExactly("key.revoke");
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
                        10))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }
}
