package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import io.belfry.core.segment.Segments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class SegmentsPageTest {
    private final Console console;
    private final Operator editor;
    private final String id = "s-" + UUID.randomUUID();
    private final String plan = UUID.randomUUID().toString();

    SegmentsPageTest(Console console) {
        this.console = console;
        this.editor = console.operator(Role.EDITOR);
        console.jdbi()
                .useHandle(h -> h.execute(
                        "insert into users (id, locale, attributes) select 'seg-' || i || '-' || ?, 'de', jsonb_build_object('plan', cast(? as text))"
                                + " from generate_series(1, 3) i",
                        plan,
                        plan));
    }

    private String rule() {
        return "{\"attribute\": \"plan\", \"eq\": \"" + plan + "\"}";
    }

    private List<String> acts() {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.of(editor.email()), Optional.of("segment."), OptionalLong.empty(), 10))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void aRuleIsTriedThenSavedChangedAndDeleted() {
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(page, editor.email());
            page.navigate("/console/segments/new");
            page.fill("#id", id);
            page.fill("#rule", rule());
            page.click("text=Count who fits");
            assertThat(page.locator("#fits h2")).hasText("3 people fit");
            assertThat(page.locator("#fits li")).hasCount(3);
            assertThat(console.get(Segments.class).find(id)).as("only tried").isEmpty();
            page.click("button:has-text('Save')");
            assertThat(page.locator(".alert[role=status]")).containsText("saved");
            assertThat(page.locator("#uses")).containsText("Nothing that is still to go out");
            page.fill("#description", "The three");
            page.click("button:has-text('Save')");
            assertThat(page.locator("#description")).hasValue("The three");
            page.click("text=Delete …");
            assertThat(page.locator("dialog")).containsText("No user is touched");
            page.click("dialog button");
            assertThat(page.locator(".alert[role=status]")).containsText("deleted");
            assertThat(chromium.complaints).isEmpty();
        }
        assertThat(acts()).containsExactly("segment.delete", "segment.change", "segment.create");
    }

    private Map<String, String> form(String rule) {
        return new HashMap<>(Map.of("id", id, "description", "", "rule", rule, "seen", ""));
    }

    @Test
    void faultsAreNamedWithTheirPlaceAndWhatWasTypedStays() {
        Browser browser = console.signedIn(editor);
        browser.get("/console/segments/new");
        String wrong = "{\"all\": [{\"attribute\": \"plan\", \"is\": 1}, {\"locale\": \"deutsch!\"}]}";
        for (String path : List.of("/console/segments", "/console/segments/preview")) {
            var refused = browser.post(path, form(wrong));
            assertThat(refused.statusCode()).as(path).isEqualTo(422);
            assertThat(refused.body()).contains("/all/0: expected", "/all/1/locale", "deutsch!");
        }
        assertThat(browser.post("/console/segments", form("{\n  oops")).body()).contains("line 2, column");
        Map<String, String> noId = form(rule());
        noId.put("id", "no id");
        assertThat(browser.post("/console/segments", noId).body()).contains("“no id” (expected");
        assertThat(acts()).isEmpty();
    }

    @Test
    void twoWhoEditDoNotOverwriteEachOther() {
        Browser browser = console.signedIn(editor);
        browser.get("/console/segments/new");
        browser.post("/console/segments", form(rule()));
        assertThat(browser.post("/console/segments", form(rule())).body()).contains("already");
        Map<String, String> old = form(rule());
        old.put("seen", "2020-01-01T00:00:00Z");
        var late = browser.post("/console/segments", old);
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body()).contains("Somebody changed");
    }

    @Test
    void viewersLookOnly() {
        Browser viewer = console.signedIn(Role.VIEWER);
        assertThat(viewer.get("/console/segments?after=zzzz").body()).contains("No segment yet");
        assertThat(viewer.get("/console/segments/new").statusCode()).isEqualTo(403);
        assertThat(viewer.post("/console/segments", form(rule())).statusCode()).isEqualTo(403);
        assertThat(viewer.get("/console/segments/nothing-here").statusCode()).isEqualTo(404);
        assertThat(console.get(Segments.class).find(id)).isEmpty();
    }
}
