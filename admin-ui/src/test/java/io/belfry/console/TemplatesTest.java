package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.template.Templates;
import java.sql.SQLException;
import java.util.HashMap;
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
class TemplatesTest {
    private final Console console;
    private final TemplateVersions versions;

    TemplatesTest(Console console) {
        this.console = console;
        this.versions = console.get(TemplateVersions.class);
    }

    @Test
    void anEditorWritesPreviewsPublishesAndRollsBack() throws Exception {
        console.get(EventLog.class)
                .append(List.of(
                        EventTypesTest.event("tpl.order", "{\"order\":4711,\"items\":[\"a lantern\",\"rope\"]}")));
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.EDITOR);
            page.navigate("/console/templates");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New template"))
                    .click();
            page.getByLabel("Event type").fill("tpl.order");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Continue"))
                    .click();

            write(page, "en", "title", "Order ");
            page.locator("#title-en").press("End");
            page.getByRole(
                            AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName("data.order").setExact(true))
                    .click();
            write(page, "en", "body", "{{ data.items | join: ', ' }}");
            assertThat(page.locator(".look-inbox strong")).hasText("Order 4711");
            assertThat(page.locator(".push-ios p")).hasText("a lantern, rope");
            assertThat(page.locator(".push-android strong")).hasText("Order 4711");

            page.getByLabel("Add a language").fill("de");
            page.getByRole(
                            AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName("Add").setExact(true))
                    .click();
            assertThat(page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("German")))
                    .hasAttribute("aria-selected", "true");
            write(page, "de", "title", "Bestellung {{ data.order }}");
            assertThat(page.locator(".look-inbox strong")).hasText("Bestellung 4711");
            page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("English"))
                    .click();
            assertThat(page.locator(".look-inbox strong")).hasText("Order 4711");

            publish(page, "first words");
            assertThat(page.locator("[role=status]")).containsText("Version 1 is in use now");
            assertThat(live("tpl.order")).contains(1);

            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions().setName("Edit").setExact(true))
                    .click();
            write(page, "en", "title", "Parcel {{ data.order }}");
            page.keyboard().press("Control+s");
            assertThat(page.locator("[role=status]").first()).containsText("Version 2 was saved as a draft");
            assertThat(live("tpl.order")).contains(1);
            publish(page, "friendlier");
            assertThat(live("tpl.order")).contains(2);
            assertThat(page.locator("table")).containsText("friendlier");

            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Roll back to version 1"))
                    .click();
            assertThat(page.locator(".change del")).hasText("Parcel");
            assertThat(page.locator(".change ins")).hasText("Order");
            page.getByLabel("Note").fill("it is no parcel");
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Roll back to version 1"))
                    .click();
            assertThat(page.locator("[role=status]")).containsText("Version 1 is in use now");
            assertThat(live("tpl.order")).contains(1);
            assertThat(acts("tpl.order"))
                    .containsExactly(
                            "template.rollback",
                            "template.publish",
                            "template.save",
                            "template.save",
                            "template.publish",
                            "template.save");
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private static void publish(Page page, String note) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Review and publish"))
                .click();
        page.getByLabel("Note").fill(note);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Publish version"))
                .click();
        page.waitForURL("**/history");
    }

    private static void write(Page page, String locale, String part, String text) {
        page.locator("#" + part + "-" + locale).fill(text);
    }

    @Test
    void theSecondOfTwoOperatorsIsToldAndLosesNothing() {
        draft("tpl.both", Map.of("en", new TemplateContent("Order", "", "")));
        try (Chromium chromium = new Chromium(console)) {
            Page first = chromium.signedIn(Role.EDITOR);
            Page second = chromium.signedIn(Role.EDITOR);
            first.navigate("/console/templates/tpl.both");
            second.navigate("/console/templates/tpl.both");
            write(first, "en", "title", "Order of the first");
            first.locator("[data-save]").click();
            first.waitForURL("**/tpl.both?locale=en");

            write(second, "en", "title", "Order of the second");
            second.locator("[data-save]").click();
            assertThat(second.locator(".conflict")).containsText("saved version 1 while you were writing");
            assertThat(second.locator(".conflict del")).hasText("first");
            assertThat(second.locator(".conflict ins")).hasText("second");
            assertThat(second.locator("#title-en")).hasValue("Order of the second");
            assertThat(title("tpl.both")).isEqualTo("Order of the first");

            second.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save mine over theirs"))
                    .click();
            second.waitForURL("**/tpl.both?locale=en");
            assertThat(title("tpl.both")).isEqualTo("Order of the second");
        }
    }

    @Test
    void aFaultIsShownWithItsLineWhileItIsTyped() {
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.EDITOR);
            page.navigate("/console/templates/tpl.fault");
            write(page, "en", "title", "Fine");
            write(page, "en", "body", "fine\n{{ data.order | uppercase }}");
            assertThat(page.locator("#preview [role=alert]"))
                    .containsText("Text, line 2, column 17: there is no filter “uppercase”");
            page.locator("#sample").fill("{ oops }");
            assertThat(page.locator("#preview [role=alert]")).containsText("The sample cannot be read. Line 1");
        }
    }

    @Test
    void aDraftWithFaultsIsKeptButNotPublished() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/templates/tpl.broken");
        var saved = browser.post("/console/templates/tpl.broken/draft", form(0, "{{ data.order", "publish"));
        assertThat(saved.headers().firstValue("Location")).contains("/console/templates/tpl.broken/publish?version=1");
        String review = browser.follow(saved).body();
        assertThat(review).contains("It cannot be published yet.", "not complete");
        var refused = browser.post(
                "/console/templates/tpl.broken/publish",
                Map.of("version", "1", "revision", value(review, "revision"), "replaces", "", "note", ""));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(live("tpl.broken")).isEmpty();
    }

    @Test
    void publishingWhatSomebodyChangedMeanwhileIsRefused() {
        TemplateVersion seen = draft("tpl.stale", Map.of("en", new TemplateContent("One", "", "")));
        Browser browser = console.signedIn(Role.EDITOR);
        String review =
                browser.get("/console/templates/tpl.stale/publish?version=1").body();
        versions.saveDraft(
                "tpl.stale", Map.of("en", new TemplateContent("Two", "", "")), "bob@example.com", seen.revision());
        var refused = browser.post(
                "/console/templates/tpl.stale/publish",
                Map.of("version", "1", "revision", value(review, "revision"), "replaces", "", "note", "mine"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("Nothing was published", "value=\"mine\"");
        assertThat(live("tpl.stale")).isEmpty();
    }

    @Test
    void aDraftIsDiscardedOnlyAsItWasSeen() {
        TemplateVersion draft = draft("tpl.drop", Map.of("en", new TemplateContent("One", "", "")));
        Browser browser = console.signedIn(Role.EDITOR);
        assertThat(browser.get("/console/templates/tpl.drop/discard").body())
                .contains(
                        "Discard the draft of tpl.drop?",
                        "revision=" + draft.revision().number());
        var stale = browser.post("/console/templates/tpl.drop/discard?revision=1", Map.of());
        assertThat(browser.follow(stale).body()).contains("Nothing was discarded");
        var done = browser.post(
                "/console/templates/tpl.drop/discard?revision="
                        + draft.revision().number(),
                Map.of());
        assertThat(browser.follow(done).body()).contains("The draft of tpl.drop was discarded.");
        assertThat(versions.of("tpl.drop")).isEmpty();
    }

    @Test
    void whatServicesSentIsNotShownToViewers() throws Exception {
        console.get(EventLog.class).append(List.of(EventTypesTest.event("tpl.secret", "{\"order\":\"confidential\"}")));
        draft("tpl.secret", Map.of("en", new TemplateContent("Order {{ data.order }}", "", "")));
        assertThat(console.signedIn(Role.VIEWER)
                        .get("/console/templates/tpl.secret")
                        .body())
                .contains("Order [order]", "Editors may change them")
                .doesNotContain("confidential");
        assertThat(console.signedIn(Role.EDITOR)
                        .get("/console/templates/tpl.secret")
                        .body())
                .contains("Order confidential");
    }

    @Test
    void languagesComeAndGoOnThePageBeforeAnythingIsSaved() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/templates/tpl.languages");
        Map<String, Object> form = form(0, "Order", "");
        form.put("add", "yes");
        form.put("language", "pt_br");
        String added =
                browser.post("/console/templates/tpl.languages/edit", form).body();
        assertThat(added).contains("name=\"title.pt-BR\"", "Portuguese (Brazil)", "Readers whose locale is pt-BR.");
        form.put("language", "klingonish");
        var refused = browser.post("/console/templates/tpl.languages/edit", form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("names no language", ">Order</textarea>");
        form.remove("add");
        form.put("locale", List.of("en", "de"));
        form.put("title.de", "Bestellung");
        form.put("remove", "en");
        assertThat(browser.post("/console/templates/tpl.languages/edit", form).body())
                .contains("There is no content in the fallback language", ">Bestellung</textarea>")
                .doesNotContain("name=\"title.en\"");
        assertThat(versions.of("tpl.languages")).isEmpty();
    }

    @Test
    void aTestIsARealEventOfTheTypeForOneUser() throws Exception {
        TemplateVersion draft = draft("tpl.test", Map.of("en", new TemplateContent("Order {{ data.order }}", "", "")));
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/templates/tpl.test");
        assertThat(browser.post("/console/templates/tpl.test/tests", test("t-alice"))
                        .body())
                .contains("nothing is published yet");
        versions.publish(new TemplateVersions.Choice("tpl.test", 1, draft.revision(), Optional.empty()), "ada", "");
        assertThat(browser.post("/console/templates/tpl.test/tests", test("no such user!"))
                        .body())
                .contains("Not sent: a user id is");

        String sent = browser.post("/console/templates/tpl.test/tests", test("t-alice"))
                .body();
        Matcher look = Pattern.compile("/console/templates/tpl.test/tests/([0-9a-f-]{36})\\?user=t-alice")
                .matcher(sent);
        assertThat(look.find()).isTrue();
        UUID event = UUID.fromString(look.group(1));
        String stored = console.jdbi()
                .withHandle(h -> h.createQuery("select e.type || e.data || e.recipients[1] from events e"
                                + " join pending_events p on p.event_id = e.id where e.id = :id")
                        .bind("id", event)
                        .mapTo(String.class)
                        .one());
        assertThat(stored).isEqualTo("tpl.test{\"order\":7}t-alice");
        assertThat(browser.get(look.group() + "&look=1").body()).contains("Waiting for a dispatcher");
        assertThat(browser.get(look.group() + "&look=60").body()).contains("Does a dispatcher run?");

        deliver(event, "t-alice", "Order 7");
        assertThat(browser.get(look.group() + "&look=2").body())
                .contains("Order 7", "/console/notifications/" + NotificationId.of(event, "t-alice"));
        assertThat(acts("tpl.test")).containsExactly("template.test");
    }

    private void deliver(UUID event, String user, String title) throws SQLException {
        var notification = new NewNotification(
                NotificationId.of(event, user),
                user,
                event,
                "tpl.test",
                "general",
                Priority.NORMAL,
                title,
                null,
                null,
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Suppress(SuppressionReason.NO_DEVICE)));
        console.deliver(notification);
    }

    private static Map<String, Object> test(String user) {
        return Map.of("user", user, "sample", "{ \"order\": 7 }");
    }

    @Test
    void theListSaysWhatIsInUseAndWhatWaits() {
        draft(
                "tpl.list.draft",
                Map.of("en", new TemplateContent("One", "", ""), "de", new TemplateContent("Eins", "", "")));
        Browser browser = console.signedIn(Role.VIEWER);
        assertThat(browser.get("/console/templates?q=TPL.list").body())
                .contains("tpl.list.draft", "draft, never published", ">de<", "by ada@example.com")
                .doesNotContain("/console/new-template");
        assertThat(browser.get("/console/templates?q=tpl.list&state=draft").body())
                .contains("tpl.list.draft");
        assertThat(browser.get("/console/templates?q=nothing.like.it").body()).contains("No template found");
    }

    private TemplateVersion draft(String type, Map<String, TemplateContent> contents) {
        return versions.saveDraft(type, contents, "ada@example.com", Revision.NONE)
                        instanceof DraftSaving.Saved(TemplateVersion draft)
                ? draft
                : null;
    }

    private Optional<Integer> live(String type) {
        return console.get(Templates.class).live(type).map(template -> template.version());
    }

    private String title(String type) {
        return versions.newest(type).orElseThrow().contents().get("en").title();
    }

    private static Map<String, Object> form(long revision, String title, String then) {
        return new HashMap<>(Map.of(
                "revision",
                revision,
                "active",
                "en",
                "locale",
                "en",
                "title.en",
                title,
                "body.en",
                "",
                "link.en",
                "",
                "sample",
                "{}",
                "then",
                then));
    }

    private static String value(String html, String field) {
        Matcher found =
                Pattern.compile("name=\"" + field + "\" value=\"([^\"]*)\"").matcher(html);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private List<String> acts(String subject) {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(Optional.empty(), Optional.of("template."), OptionalLong.empty(), 500))
                .stream()
                .filter(entry -> entry.subject().equals(subject))
                .map(AuditEntry::action)
                .toList();
    }
}
