package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Role;
import io.belfry.core.topic.Followers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class TopicsPageTest {
    private final Console console;
    private final Operator editor;
    private final String team = "t" + UUID.randomUUID();

    TopicsPageTest(Console console) {
        this.console = console;
        this.editor = console.operator(Role.EDITOR);
    }

    private void follow(String user, String filter) {
        console.get(Followers.class).change(List.of(new Followers.Follow(user, filter)), List.of());
    }

    private List<String> acts() {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.of(editor.email()), Optional.of("topic."), OptionalLong.empty(), 10))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void followersAreFoundAddedAndTakenOff() {
        follow("alice", team + "/deploys");
        follow("bob", team + "/#");
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(1440, ColorScheme.LIGHT);
            Chromium.signIn(page, editor.email());
            page.navigate("/console/topics");
            page.fill("input[name=begins]", team);
            page.click("text=Search");
            assertThat(page.locator("section.card li")).hasCount(2);
            page.click("text=" + team + "/deploys");
            assertThat(page.locator("tbody tr")).hasCount(2);
            assertThat(page.locator("tbody")).containsText(team + "/#");
            page.fill("input[name=user]", "carol");
            page.click("text=Add a follower");
            assertThat(page.locator("tbody tr")).hasCount(3);
            page.click("tr:has-text('alice') >> text=Take off …");
            assertThat(page.locator("dialog")).containsText("do not reach alice any more");
            page.click("dialog button");
            assertThat(page.locator(".alert[role=status]")).containsText("does not follow it any more");
            assertThat(page.locator("tbody tr")).hasCount(2);
            assertThat(chromium.complaints).isEmpty();
        }
        assertThat(acts()).containsExactly("topic.unfollow", "topic.follow");
    }

    @Test
    void filtersListWhoFollowsThemExactlyAndListsArePaged() {
        follow("alice", team + "/deploys");
        follow("bob", team + "/#");
        Browser browser = console.signedIn(editor);
        assertThat(browser.get("/console/topics/followers?topic=" + team + "%2F%23")
                        .body())
                .contains("bob")
                .doesNotContain("alice");
        for (int i = 0; i < 50; i++) {
            follow("zoe", team + "/x" + i);
        }
        String first = browser.get("/console/topics?begins=" + team).body();
        assertThat(first).contains("rel=\"next\"", "1 follower");
        assertThat(browser.get("/console/topics?begins=" + team + "&after=" + team + "%2Fx8")
                        .body())
                .contains(team + "/x9")
                .doesNotContain("rel=\"next\"");
    }

    @Test
    void whatIsTypedWrongIsNamed() {
        Browser browser = console.signedIn(editor);
        String path = "/console/topics/followers?topic=" + team;
        assertThat(browser.get(path).body()).contains("Nobody follows it");
        var refused = browser.post(path, Map.of("user", "no body"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("“no body” (expected");
        assertThat(browser.get("/console/topics/followers?topic=a//b").statusCode())
                .isEqualTo(404);
        assertThat(browser.get("/console/topics?begins=no.such.thing").body()).contains("Nobody follows anything");
        assertThat(acts()).isEmpty();
    }

    @Test
    void viewersLookOnly() {
        follow("alice", team);
        Browser viewer = console.signedIn(Role.VIEWER);
        String path = "/console/topics/followers?topic=" + team;
        assertThat(viewer.get(path).body()).contains("alice").doesNotContain("Add a follower");
        assertThat(viewer.post(path, Map.of("user", "bob")).statusCode()).isEqualTo(403);
        assertThat(viewer.post("/console/topics/unfollow?user=alice&topic=" + team, Map.of())
                        .statusCode())
                .isEqualTo(403);
        assertThat(viewer.get(path).body()).contains("alice");
    }
}
