package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.event.EventId;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Four eyes over what goes to more than 2,000 people.
@ExtendWith(ConsoleExtension.class)
class ApprovalTest {
    private static final Pattern HASH = Pattern.compile("name=\"hash\" value=\"([^\"]*)\"");
    private static final int MANY = 2_001;

    private final Console console;
    private final Operator ada;
    private final Browser author;
    private final Browser other;
    private final UUID id = EventId.mint(Clock.systemUTC());
    private final String topic = "topic/" + id;

    ApprovalTest(Console console) {
        this.console = console;
        this.ada = console.operator(Role.ADMIN);
        this.author = console.signedIn(ada);
        this.other = console.signedIn(Role.BROADCASTER);
    }

    @Test
    void theAuthorCannotApproveOrSendWithoutItEvenByDirectPost() {
        follow();
        save("Maintenance", 0);
        String review = author.get(path("/review")).body();
        assertThat(review).contains("Ask for approval", "a second person").doesNotContain("form class=\"card send\"");
        assertThat(send(1).body()).contains("a second person has to approve");
        String hash = hash(review);
        author.post(path("/ask-approval"), Map.of("hash", hash));
        assertThat(author.get(path("/review")).body()).contains("in review", "somebody else has to look");
        assertThat(author.follow(author.post(path("/approve"), Map.of("hash", hash)))
                        .body())
                .contains("cannot approve it");
        assertThat(send(1).statusCode()).isEqualTo(422);
        assertThat(state()).isEqualTo(BroadcastState.DRAFT);
        assertThat(acts()).contains("refused").doesNotContain("broadcast.approve", "broadcast.start");
    }

    @Test
    void anEditVoidsTheApproval() {
        follow();
        save("Maintenance", 0);
        String hash = hash(author.get(path("/review")).body());
        author.post(path("/ask-approval"), Map.of("hash", hash));
        assertThat(other.get(path("/review")).body()).contains("Approve for 2,001 people");
        other.post(path("/approve"), Map.of("hash", hash));
        assertThat(author.get(path("/review")).body()).contains("Approved by", "form class=\"card send\"");
        save("Maintenance tonight", 1);
        assertThat(author.get(path("/review")).body()).contains("Ask for approval");
        assertThat(send(2).statusCode()).isEqualTo(422);
        assertThat(other.follow(other.post(path("/approve"), Map.of("hash", hash)))
                        .body())
                .contains("was changed since you looked");
        save("Maintenance", 2);
        assertThat(send(3).statusCode()).isEqualTo(303);
        assertThat(state()).isEqualTo(BroadcastState.SENDING);
    }

    @Test
    void whoMayApproveSeesOnTheOverviewWhatWaits() {
        follow();
        save("Waiting for you", 0);
        String overview = "/console/overview/now";
        assertThat(other.get(overview).body()).doesNotContain(path("/review"));
        String hash = hash(author.get(path("/review")).body());
        author.post(path("/ask-approval"), Map.of("hash", hash));
        assertThat(other.get(overview).body())
                .contains("wait for your approval", path("/review"), "Waiting for you", "2,001 people", ada.email());
        assertThat(author.get(overview).body()).as("the author").doesNotContain(path("/review"));
        assertThat(console.signedIn(Role.EDITOR).get(overview).body())
                .as("who sends no broadcasts")
                .doesNotContain(path("/review"));
        save("Changed meanwhile", 1);
        assertThat(other.get(overview).body()).as("voided by an edit").doesNotContain(path("/review"));
    }

    @Test
    void sendingCanBeUndoneAndATimeIsToldInItsZone() {
        Map<String, Object> form = form("Later", 0);
        form.put("startsAt", "2031-07-01T09:00");
        form.put("sendZone", "America/New_York");
        form.put("canary", "5");
        follow(3);
        author.post(path(""), form);
        assertThat(author.get(path("/review")).body())
                .contains("Tue 1 Jul 2031, 09:00 America/New_York", "5 % first", "Schedule for 3 people");
        assertThat(author.follow(author.post(path("/send"), Map.of("revision", 1, "people", 3)))
                        .body())
                .contains("leaves Tue 1 Jul 2031, 09:00 America/New_York", "id=\"undo\"");
        assertThat(console.get(Broadcasts.class)
                        .find(id)
                        .orElseThrow()
                        .release()
                        .startsAt())
                .hasToString("Optional[2031-07-01T13:00:00Z]");
        assertThat(state()).isEqualTo(BroadcastState.SCHEDULED);
        author.post(path("/undo"), Map.of());
        assertThat(state()).isEqualTo(BroadcastState.DRAFT);
        assertThat(author.get(path("/edit")).body()).contains("value=\"2031-07-01T09:00\"");
        form.put("revision", 1);
        form.put("startsAt", "whenever");
        form.put("waves", "1");
        assertThat(author.post(path(""), form).body())
                .contains("Send at: that is not a time.", "First part: it needs at least two waves");
    }

    @Test
    void twoOperatorsTakeABroadcastThroughItsLife() {
        follow();
        save("Two people, one broadcast", 0);
        try (Chromium chromium = new Chromium(console)) {
            Page first = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(first, ada.email());
            first.navigate(path("/review"));
            first.click("text=Ask for approval");
            assertThat(first.locator(".approval")).containsText("somebody else has to look");
            Page second = chromium.signedIn(Role.BROADCASTER);
            second.navigate(path("/review"));
            picture(second, "broadcast-approve");
            second.fill("#remark", "The link is wrong.");
            second.click("button:has-text('Return it')");
            assertThat(second.locator(".alert[role=status]")).containsText("goes back to its author");
            first.reload();
            assertThat(first.locator(".remark")).containsText("The link is wrong.");
            picture(first, "broadcast-returned");
            first.click("text=Ask for approval");
            assertThat(first.locator(".approval")).containsText("somebody else has to look");
            second.reload();
            second.click("button:has-text('Approve for')");
            assertThat(second.locator(".alert[role=status]")).containsText("You approved it");
            first.reload();
            first.fill("#typed", "2001");
            first.click("form.send button");
            assertThat(first.locator("#progress")).containsText("Nothing has left yet.");
            picture(first, "broadcast-undo");
            first.click("#undo");
            assertThat(first.locator(".alert[role=status]")).containsText("It is a draft again");
            assertThat(state()).isEqualTo(BroadcastState.DRAFT);
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + "-1440-light.png"))
                .setFullPage(true));
    }

    private List<String> acts() {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(id.toString()),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        50))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    private static String hash(String page) {
        Matcher hash = HASH.matcher(page);
        assertThat(hash.find()).isTrue();
        return hash.group(1);
    }

    private BroadcastState state() {
        return console.get(Broadcasts.class).find(id).orElseThrow().state();
    }

    private HttpResponse<String> send(int revision) {
        return author.post(path("/send"), Map.of("revision", revision, "people", MANY, "typed", MANY));
    }

    private void save(String title, int revision) {
        assertThat(author.post(path(""), form(title, revision)).statusCode()).isEqualTo(303);
    }

    private Map<String, Object> form(String title, int revision) {
        var form = new LinkedHashMap<String, Object>();
        form.put("revision", revision);
        form.put("locale", "en");
        form.put("title", title);
        form.put("body", "From ten to eleven.");
        form.put("link", "");
        form.put("audience", "topic");
        form.put("topic", topic);
        form.put("category", "news");
        form.put("priority", "bulk");
        form.put("waves", "8");
        return form;
    }

    private String path(String page) {
        return "/console/broadcasts/" + id + page;
    }

    private void follow() {
        follow(MANY);
    }

    private void follow(int people) {
        console.jdbi()
                .useHandle(h -> h.execute(
                        "insert into topic_followers (topic, user_id) select ?, 'a-' || i from generate_series(1, ?) i",
                        topic,
                        people));
    }
}
