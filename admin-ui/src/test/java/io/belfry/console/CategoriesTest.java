package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.category.PushUnless;
import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ConsoleExtension.class)
class CategoriesTest {
    private final Console console;
    private final Categories categories;

    CategoriesTest(Console console) {
        this.console = console;
        this.categories = console.get(Categories.class);
    }

    @Test
    void anEditorMakesACategoryThatIsInUseAtOnce() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/new-category");
        var created = browser.post("/console/categories", form("c-made", Map.of("pushDelay", "2.5")));
        assertThat(created.statusCode()).isEqualTo(303);
        assertThat(browser.follow(created).body()).contains("The category c-made was created.");
        assertThat(categories.find("c-made"))
                .contains(new Category(
                        "c-made",
                        "c-made",
                        "What it is for",
                        Priority.HIGH,
                        false,
                        true,
                        PushUnless.SEEN,
                        Duration.ofMillis(2_500)));
        assertThat(acts("category.create")).contains("c-made");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "id,Big,id",
                "id,\"\",id",
                "name,\"\",name",
                "name,\"a\u202eb\",name",
                "pushDelay,-1,pushDelay",
                "pushDelay,86400.001,pushDelay",
                "pushDelay,1e3,pushDelay",
                "pushUnless,never,pushUnless",
                "priority,urgent,priority"
            })
    void whatCannotBeIsMarkedAndNothingIsSaved(String field, String typed, String marked) {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/new-category");
        var refused = browser.post("/console/categories", form("c-refused", Map.of(field, typed)));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("id=\"wrong-" + marked + "\"")
                .as("keeps what was typed")
                .contains("What it is for");
        assertThat(categories.find("c-refused")).isEmpty();
    }

    @Test
    void anIdIsGivenOnce() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/new-category");
        var refused = browser.post("/console/categories", form("general", Map.of()));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("There is a category with this id.");
        assertThat(categories.find("general").orElseThrow().name()).isEqualTo("General");
    }

    @Test
    void theSecondOfTwoEditorsLosesNeitherTextNorTheFirstOnesChange() {
        Browser first = console.signedIn(Role.EDITOR);
        Browser second = console.signedIn(Role.EDITOR);
        first.get("/console/new-category");
        first.post("/console/categories", form("c-both", Map.of()));
        String edition = edition(first.get("/console/categories/c-both").body());
        second.get("/console/categories/c-both");

        first.post("/console/categories/c-both", form("c-both", Map.of("name", "First", "edition", edition)));
        var late =
                second.post("/console/categories/c-both", form("c-both", Map.of("name", "Second", "edition", edition)));
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body()).contains("Somebody else changed this category", "value=\"Second\"");
        assertThat(categories.find("c-both").orElseThrow().name()).isEqualTo("First");

        var again = second.post(
                "/console/categories/c-both",
                form("c-both", Map.of("name", "Second", "edition", edition(late.body()))));
        assertThat(again.statusCode()).isEqualTo(303);
        assertThat(categories.find("c-both").orElseThrow().name()).isEqualTo("Second");
    }

    /// They are set elsewhere, and saving the form once took them away.
    @Test
    void whatTheFormDoesNotShowStays() {
        var throttle = new Throttle(3, Duration.ofHours(1), Throttle.Excess.SILENT);
        categories.create(new Category(
                "c-limits",
                "c-limits",
                "What it is for",
                Priority.NORMAL,
                false,
                true,
                PushUnless.SEEN,
                Duration.ofSeconds(5),
                Set.of(Medium.PUSH, Medium.LIVE),
                Optional.of(throttle),
                Optional.of(Duration.ofMinutes(2))));
        Browser browser = console.signedIn(Role.EDITOR);
        String edition = edition(browser.get("/console/categories/c-limits").body());

        var saved = browser.post(
                "/console/categories/c-limits", form("c-limits", Map.of("name", "Limits", "edition", edition)));

        assertThat(saved.statusCode()).isEqualTo(303);
        Category after = categories.find("c-limits").orElseThrow();
        assertThat(after.name()).isEqualTo("Limits");
        assertThat(after.optIn()).containsExactlyInAnyOrder(Medium.PUSH, Medium.LIVE);
        assertThat(after.throttle()).contains(throttle);
        assertThat(after.dedupe()).contains(Duration.ofMinutes(2));
    }

    @Test
    void aCategoryInUseIsNotDeletedAndOneThatIsNotIs() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/new-category");
        browser.post("/console/categories", form("c-used", Map.of()));
        browser.get("/console/event-types");
        browser.post("/console/event-types/c.used.type", Map.of("category", "c-used"));
        assertThat(browser.get("/console/categories/c-used").body()).contains("c.used.type");

        var refused = browser.post("/console/categories/c-used/delete", Map.of());
        assertThat(browser.follow(refused).body()).contains("it is used by 1 event type");
        assertThat(categories.find("c-used")).isPresent();

        browser.post("/console/event-types/c.used.type", Map.of("category", "general"));
        var deleted = browser.post("/console/categories/c-used/delete", Map.of());
        assertThat(browser.follow(deleted).body()).contains("The category c-used was deleted.");
        assertThat(categories.find("c-used")).isEmpty();
        assertThat(acts("category.delete")).contains("c-used");
    }

    @Test
    void theDefaultCategoryStays() {
        Browser browser = console.signedIn(Role.ADMIN);
        browser.get("/console/categories");
        var refused = browser.post("/console/categories/general/delete", Map.of());
        assertThat(browser.follow(refused).body()).contains("The default category stays");
        assertThat(categories.find("general")).isPresent();
    }

    @Test
    void aViewerSeesCategoriesButNoWayToChangeThem() {
        Browser browser = console.signedIn(Role.VIEWER);
        assertThat(browser.get("/console/categories").body())
                .contains("Security")
                .doesNotContain("/console/new-category");
        assertThat(browser.get("/console/categories/security").body())
                .contains("Editors may change them", "<fieldset disabled=\"disabled\">");
        assertThat(browser.get("/console/new-category").statusCode()).isEqualTo(403);
    }

    private static Map<String, Object> form(String id, Map<String, String> instead) {
        Map<String, Object> form = new HashMap<>(Map.of(
                "id", id,
                "name", id,
                "description", "What it is for",
                "priority", "high",
                "push", "on",
                "pushUnless", "seen",
                "pushDelay", "5"));
        form.putAll(instead);
        return form;
    }

    private static String edition(String html) {
        String before = "name=\"edition\" value=\"";
        int from = html.indexOf(before) + before.length();
        return html.substring(from, html.indexOf('"', from));
    }

    private java.util.List<String> acts(String action) {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(Optional.empty(), Optional.of(action), OptionalLong.empty(), 100))
                .stream()
                .map(AuditEntry::subject)
                .toList();
    }
}
