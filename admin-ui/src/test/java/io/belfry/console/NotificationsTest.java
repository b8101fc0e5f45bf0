package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.Role;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class NotificationsTest {
    private static final Pattern NEXT = Pattern.compile("href=\"([^\"]*)\" rel=\"next\"");

    private final Console console;
    private final Browser browser;
    private final String user = "n-" + UUID.randomUUID();

    NotificationsTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.VIEWER);
    }

    @Test
    void findsByCategoryStateAndTime() throws Exception {
        deliver("First", "general");
        deliver("Second", "news");
        deliver("Third", "general");
        console.get(Receipts.class).save(List.of(new Receipt(user, "phone", 2, 0)));
        console.jdbi()
                .useHandle(h -> h.execute(
                        "update notifications set read_at = now() where user_id = ? and title = 'First'", user));
        assertThat(search("")).contains("First", "Second", "Third");
        assertThat(search("&category=news")).contains("Second").doesNotContain("First", "Third");
        assertThat(search("&state=read")).contains("First").doesNotContain("Second", "Third");
        assertThat(search("&state=received")).contains("Second").doesNotContain("First", "Third");
        assertThat(search("&state=written")).contains("Third").doesNotContain("First", "Second");
        assertThat(search("&from=2999-01-01")).contains("No notification found");
        assertThat(search("&to=2020-01-01")).contains("No notification found");
        assertThat(search("&from=2020-01-01&to=2998-01-01&zone=Europe/Berlin&state=read"))
                .contains("First");
    }

    @Test
    void pagesKeepTheSearch() throws Exception {
        for (int i = 1; i <= 60; i++) {
            deliver("Parcel " + i + ".", "news");
        }
        deliver("Other", "general");
        String first = search("&category=news&from=2020-01-01");
        assertThat(first).contains("Parcel 60.", "Parcel 11.").doesNotContain("Parcel 10.", "Other");
        Matcher next = NEXT.matcher(first);
        assertThat(next.find()).isTrue();
        assertThat(browser.get(next.group(1).replace("&amp;", "&")).body())
                .contains("Parcel 10.", "Parcel 1.", "value=\"2020-01-01\"")
                .doesNotContain("Parcel 11.", "Other");
    }

    @Test
    void wrongSearchesAreRefusedAndKept() {
        var wrong = browser.get("/console/notifications?event=x&state=gone&from=yesterday&before=y&user=keep.me");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("4 things need attention", "value=\"keep.me\"");
    }

    private String search(String more) {
        return browser.get("/console/notifications?user=" + user + more).body();
    }

    private void deliver(String title, String category) throws Exception {
        NewEvent event = EventTypesTest.event("parcel.here", "{}");
        console.get(EventLog.class).append(List.of(event));
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
        console.deliver(new NewNotification(
                NotificationId.of(event.id(), user),
                user,
                event.id(),
                event.type(),
                category,
                Priority.NORMAL,
                title,
                "",
                null,
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Suppress(SuppressionReason.NO_DEVICE))));
    }
}
