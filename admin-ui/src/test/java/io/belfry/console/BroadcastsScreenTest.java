package io.belfry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Broadcasts in a real browser, from the empty form to the last wave. No dispatcher runs here: the test moves the row
/// as one would.
@ExtendWith(ConsoleExtension.class)
class BroadcastsScreenTest {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Console console;
    private final String topic = "screen/" + UUID.randomUUID();

    BroadcastsScreenTest(Console console) {
        this.console = console;
    }

    @Test
    void isWrittenReviewedSentAndFollowed() {
        follow(1_200, 3);
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.ADMIN);
            page.navigate("/console/broadcasts");
            page.click("text=New broadcast");
            write(page);
            page.click("button:has-text('Review')");

            assertThat(page.locator(".reach-big")).containsText("1,200 people");
            assertThat(page.locator(".compose-side")).containsText("Wartung heute Nacht");
            var send = page.locator("form.send button");
            assertThat(send).isDisabled();
            page.fill("#typed", "120");
            assertThat(send).isDisabled();
            page.fill("#typed", "1,200");
            send.dblclick();
            assertThat(page.locator(".alert[role=status]")).containsText("on its way to 1,200 people");

            UUID id = id(page);
            assertThat(page.locator("#progress")).containsText("0 of 8");
            move(id, "waves_done = 3");
            assertThat(page.locator("#progress")).containsText("3 of 8");
            assertThat(page.locator("#progress")).containsText("450");
            page.click("#pause");
            assertThat(page.locator("#progress .badge")).hasText("paused");
            assertThat(state(id)).isEqualTo(BroadcastState.PAUSED);
            page.click("#resume");
            assertThat(page.locator("#progress .badge")).hasText("sending");
            move(
                    id,
                    "waves_done = 8, state = 'sent', finished_at = now(), push_state = 'sending', push_total = 2,"
                            + " push_accepted = 1, push_skipped = 1");
            assertThat(page.locator("#progress .badge")).hasText("pushing");
            assertThat(page.locator("#progress")).containsText("2 of about 3 devices looked at");

            page.click("#cancel");
            assertThat(page.locator("dialog")).containsText("1 went out. No other device will be pushed to.");
            page.keyboard().press("Escape");
            assertThat(page.locator("dialog")).isHidden();
            page.click("#cancel");
            page.click("dialog button");
            assertThat(page.locator(".alert[role=status]")).containsText("never be sent");
            assertThat(state(id)).isEqualTo(BroadcastState.CANCELLED);

            page.click("text=Who did what with it");
            assertThat(page.locator("table")).containsText("broadcast.cancel");
            assertThat(page.locator("text=broadcast.start")).hasCount(1);
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private void write(Page page) {
        page.fill("#title-0", "Maintenance tonight");
        page.fill("#body-0", "Between 22:00 and 23:00 nothing works.");
        assertThat(page.locator("#preview .preview-push")).containsText("Between 22:00");
        page.click("text=Add a language");
        page.fill("#locale-1", "de");
        page.fill("#title-1", "Wartung heute Nacht");
        page.selectOption("#shown", "de");
        assertThat(page.locator("#preview .preview-inbox")).containsText("Wartung");
        assertThat(page.locator("#title-0")).hasValue("Maintenance tonight");
        page.check("input[value=topic]");
        page.fill("#topic", topic);
        assertThat(page.locator("#reach")).containsText("1,200 people");
        assertThat(page.locator("#reach")).containsText("3 devices");
        page.fill("#until", "2031-05-06T12:30");
    }

    @Test
    void aDraftIsEditedWithItsTimesInTheReadersZone() {
        follow(2, 0);
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.signedIn(Role.BROADCASTER);
            page.navigate("/console/broadcasts/new");
            write(page, "Edited");
            page.click(".compose-actions >> text=Save draft");
            assertThat(page.locator(".alert[role=status]")).containsText("Nothing is sent");
            UUID id = id(page);
            // Chromium runs in Berlin, which is two hours ahead of UTC in May.
            assertThat(console.get(Broadcasts.class).find(id).orElseThrow().validUntil())
                    .contains(Instant.parse("2031-05-06T10:30:00Z"));
            assertThat(page.locator("#until")).hasValue("2031-05-06T12:30");
            page.fill("#title-0", "Edited again");
            page.keyboard().press("Enter");
            assertThat(page.locator("#title-0")).hasValue("Edited again");
            assertThat(page.locator("input[name=revision]")).hasValue("2");
            page.click("text=Discard");
            page.click("dialog button");
            assertThat(page.locator(".alert[role=status]")).containsText("gone");
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private void write(Page page, String title) {
        page.fill("#title-0", title);
        page.check("input[value=topic]");
        page.fill("#topic", topic);
        page.fill("#until", "2031-05-06T12:30");
    }

    @Test
    void worksOnAPhone() {
        follow(2, 0);
        try (Chromium chromium = new Chromium(console)) {
            Page page = chromium.window(390, ColorScheme.DARK);
            Chromium.signIn(page, console.operator(Role.BROADCASTER).email());
            page.navigate("/console/broadcasts/new");
            write(page, "From a phone");
            page.click("button:has-text('Review')");
            page.click("form.send button");
            assertThat(page.locator(".alert[role=status]")).containsText("on its way to 2 people");
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(390);
            assertThat(state(id(page))).isEqualTo(BroadcastState.SENDING);
            assertThat(chromium.complaints).isEmpty();
        }
    }

    private static UUID id(Page page) {
        Matcher id = ID.matcher(page.url());
        assertThat(id.find()).as(page.url()).isTrue();
        return UUID.fromString(id.group());
    }

    private BroadcastState state(UUID id) {
        return console.get(Broadcasts.class).find(id).orElseThrow().state();
    }

    private void move(UUID id, String set) {
        console.jdbi().useHandle(h -> h.execute("update broadcasts set " + set + " where id = ?", id));
    }

    private void follow(int people, int devices) {
        console.jdbi().useHandle(h -> {
            h.execute(
                    "insert into topic_followers (topic, user_id) select ?, ? || '-' || i from generate_series(1, ?) i",
                    topic,
                    topic,
                    people);
            h.execute(
                    "insert into devices (user_id, id, token, platform) select ? || '-' || i, 'phone', ? || '-' || i, 'ios'"
                            + " from generate_series(1, ?) i",
                    topic,
                    topic,
                    devices);
        });
    }
}
