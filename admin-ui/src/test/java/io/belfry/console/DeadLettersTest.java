package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
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
class DeadLettersTest {
    private static final Pattern ACTION = Pattern.compile("action=\"(/console/dead-letters/[^\"]*)\"");

    private final Console console;
    private final Browser browser;
    private final String type = "dead." + UUID.randomUUID().toString().replace("-", "");

    DeadLettersTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.EDITOR);
    }

    @Test
    void whatWasPreviewedIsTriedAgainAndNothingThatCameLater() throws Exception {
        UUID first = letter("no <template>");
        assertThat(browser.get("/console/dead-letters?type=" + type).body())
                .contains("no &lt;template&gt;", "can be tried again");
        String question =
                browser.get("/console/dead-letters/retry?type=" + type).body();
        assertThat(question).contains("1 dead letter: 1 event and 0 pushes");
        UUID second = letter("later");
        String path = action(question);
        assertThat(browser.follow(browser.post(path, Map.of())).body()).contains("1 tried again");
        assertThat(waiting()).containsExactly(first);
        assertThat(browser.get("/console/dead-letters?type=" + type).body()).contains(second.toString());
        assertThat(browser.follow(browser.post("/console/dead-letters/discard?type=" + type, Map.of()))
                        .body())
                .as("without the bound of a question")
                .contains("0 let go");
        browser.post(
                action(browser.get("/console/dead-letters/discard?type=" + type).body()), Map.of());
        assertThat(browser.get("/console/dead-letters?type=" + type).body()).contains("No dead letter");
        assertThat(console.get(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.empty(), Optional.of("dead-letter."), OptionalLong.empty(), 2)))
                .hasSize(2);
        console.jdbi().useHandle(h -> h.execute("delete from pending_events"));
    }

    private UUID letter(String reason) throws Exception {
        NewEvent event = EventTypesTest.event(type, "{}");
        console.get(EventLog.class).append(List.of(event));
        console.jdbi().useHandle(h -> {
            h.execute("delete from pending_events where event_id = ?", event.id());
            h.execute(
                    "insert into dead_letters (kind, subject_id, reason, lane) values ('event', ?, ?, 16)",
                    event.id(),
                    reason);
        });
        return event.id();
    }

    private List<UUID> waiting() {
        return console.jdbi().withHandle(h -> h.createQuery(
                        "select event_id from pending_events p join events e on e.id = p.event_id where e.type = :type")
                .bind("type", type)
                .mapTo(UUID.class)
                .list());
    }

    private static String action(String page) {
        Matcher action = ACTION.matcher(page);
        assertThat(action.find()).isTrue();
        return action.group(1).replace("&amp;", "&");
    }
}
