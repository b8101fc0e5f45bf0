package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.microsoft.playwright.Page;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Role;
import io.belfry.core.access.Scope;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.PushUnless;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Publishing;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Text from services, users and operators is text wherever it is shown: it runs no script, is no template, leads
/// nowhere and does not turn the words around it.
@ExtendWith(ConsoleExtension.class)
class StoredScriptsTest {
    private static final String RIGHT_TO_LEFT = "\u202e";
    private static final List<String> ATTACKS = List.of(
            "<script>window.pwned=1</script>",
            "<img src=x onerror=window.pwned=1>",
            "\"><svg onload=window.pwned=1>",
            "' autofocus onfocus=window.pwned=1 x='",
            "</textarea></title><script>window.pwned=1</script>",
            "[[${7*7}]] [(${7*7})] ${7*7} *{7*7} #{x} ~{console/layout} __${7*7}__",
            "invoice" + RIGHT_TO_LEFT + "fdp.exe");

    /// Every text that holds a control that turns direction must be alone in a box that keeps it in.
    private static final String TURNING = """
            () => {
              const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
              const loose = [];
              while (walker.nextNode()) {
                const text = walker.currentNode;
                const box = text.parentElement;
                if (!text.data.includes('\\u202e') || box.closest('title, option, script')) continue;
                const style = getComputedStyle(box);
                const isolated = style.unicodeBidi.includes('isolate') || style.unicodeBidi === 'plaintext';
                const alone = style.display !== 'inline' && box.textContent.trim() === text.data.trim();
                if (!isolated && !alone) loose.push(box.outerHTML.slice(0, 200));
              }
              return loose;
            }""";

    private final Console console;

    StoredScriptsTest(Console console) {
        this.console = console;
    }

    @Test
    void whatOthersWroteIsOnlyText() throws Exception {
        List<String> paths = new ArrayList<>(List.of(
                "/console/categories",
                "/console/event-types",
                "/console/templates",
                "/console/notifications",
                "/console/keys",
                "/console/audit"));
        for (int i = 0; i < ATTACKS.size(); i++) {
            paths.addAll(store(i, ATTACKS.get(i)));
        }
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.ADMIN);
            page.onDialog(dialog -> {
                // That something typed would be lost is ours to ask.
                if (!dialog.type().equals("beforeunload")) {
                    chromium.complaints.add("a dialog opened: " + dialog.message());
                }
                dialog.accept();
            });
            for (String path : paths) {
                assertThat(page.navigate(path).status()).as(path).isEqualTo(200);
                isHarmless(page, path);
            }
            for (String attack : ATTACKS) {
                isHarmlessInEveryPreview(page, attack);
            }
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private static void isHarmless(Page page, String what) {
        assertThat(page.evaluate("window.pwned")).as(what).isNull();
        assertThat(page.content()).as(what).doesNotContain("49 49", "[[49]]");
        assertThat(page.locator("a[href^='javascript:' i], a[href^='data:' i], [src^='javascript:' i]")
                        .count())
                .as("links to scripts on %s", what)
                .isZero();
        assertThat((List<?>) page.evaluate(TURNING))
                .as("text that turns others on %s", what)
                .isEmpty();
    }

    private static void isHarmlessInEveryPreview(Page page, String attack) {
        page.navigate("/console/templates/xss.typed");
        page.locator("#sample")
                .fill("{\"attack\":\""
                        + new String(JsonStringEncoder.getInstance().quoteAsString(attack)) + "\"}");
        page.locator("#body-en").fill("{{ data.attack }}");
        page.locator("#link-en").fill("javascript:{{ data.attack }}");
        page.locator("#title-en").fill("{{ data.attack }}");
        page.waitForCondition(
                () -> page.locator(".push-ios strong").textContent().contains(attack.strip()));
        assertThat(page.locator(".look-inbox strong").textContent()).isEqualTo(attack.strip());
        isHarmless(page, "the preview of " + attack);
    }

    /// Puts one text wherever others can put one.
    ///
    /// @return pages that show it
    private List<String> store(int nth, String attack) throws Exception {
        String type = "xss." + nth;
        console.get(Categories.class)
                .save(new Category(
                        "xss-" + nth,
                        attack,
                        attack,
                        Priority.NORMAL,
                        true,
                        true,
                        PushUnless.READ,
                        Duration.ofSeconds(1)));
        console.get(Categories.class).assign(type, "xss-" + nth);
        console.get(ApiKeys.class).create(attack, Set.of(Scope.EVENTS_WRITE));
        NewEvent event = EventTypesTest.event(
                type,
                "{\"attack\":\"" + new String(JsonStringEncoder.getInstance().quoteAsString(attack)) + "\"}");
        console.get(EventLog.class).append(List.of(event));
        var notification = new NewNotification(
                NotificationId.of(event.id(), "u1"),
                "u1",
                event.id(),
                type,
                "xss-" + nth,
                Priority.NORMAL,
                attack,
                attack,
                "javascript:window.pwned=1",
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Suppress(SuppressionReason.NO_DEVICE)));
        console.deliver(notification);
        console.jdbi().useHandle(h -> h.createUpdate(
                        "insert into push_attempts (subject_id, user_id, device_id, attempt, outcome,"
                                + " detail) values (:id, 'u1', :attack, 1, 'rejected', :attack)")
                .bind("id", notification.id())
                .bind("attack", attack)
                .execute());
        publish(type, attack);
        return List.of(
                "/console/categories/xss-" + nth,
                "/console/event-types?category=xss-" + nth,
                "/console/notifications?type=" + type,
                "/console/notifications/" + notification.id(),
                "/console/templates/" + type,
                "/console/templates/" + type + "/history",
                "/console/templates/" + type + "/versions/2",
                "/console/templates/" + type + "/publish?version=2");
    }

    private void publish(String type, String attack) {
        var versions = console.get(TemplateVersions.class);
        // Outside of Liquid's own signs it is text.
        var words = new TemplateContent(attack + " {{ data.attack }}", attack + "\n{{ data.attack }}", "");
        if (versions.saveDraft(type, Map.of("en", words), attack, Revision.NONE)
                instanceof DraftSaving.Saved(TemplateVersion draft)) {
            assertThat(versions.publish(
                            new TemplateVersions.Choice(type, 1, draft.revision(), Optional.empty()), attack, attack))
                    .isInstanceOf(Publishing.Published.class);
            var more = new TemplateContent(attack, attack + attack, "javascript:window.pwned=1");
            versions.saveDraft(type, Map.of("en", more, "de", words), attack, draft.revision());
        }
    }
}
