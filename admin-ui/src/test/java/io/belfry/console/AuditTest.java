package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class AuditTest {
    private static final Pattern OLDER = Pattern.compile("href=\"([^\"]*)\" rel=\"next\"");

    private final Console console;

    AuditTest(Console console) {
        this.console = console;
    }

    @Test
    void theSearchNarrowsByOperatorActSubjectAndDay() {
        String mark = "mark-" + UUID.randomUUID();
        record(mark + "@example.com", "template.publish", mark + "/a");
        record(mark + "@example.com", "key.create", mark + "/b");
        record("other-" + mark + "@example.com", "template.publish", mark + "/c");
        Browser browser = console.signedIn(Role.ADMIN);
        assertThat(page(browser, "operator=" + mark + "@example.com"))
                .contains(mark + "/a", mark + "/b")
                .doesNotContain(mark + "/c");
        assertThat(page(browser, "act=template.&subject=" + mark))
                .contains(mark + "/a", mark + "/c")
                .doesNotContain(mark + "/b");
        assertThat(page(browser, "subject=" + mark + "/c"))
                .contains(mark + "/c")
                .doesNotContain(mark + "/a");
        assertThat(page(browser, "subject=" + mark + "&from=2001-01-01&to=2001-01-02"))
                .contains("Nothing found");
        assertThat(page(browser, "subject=" + mark + "&from=2001-01-01&zone=Europe/Berlin"))
                .contains(mark + "/a");
        assertThat(browser.get("/console/audit?from=yesterday").statusCode()).isEqualTo(422);
    }

    @Test
    void pagesLeadToTheOldestEntryWithoutLosingTheSearch() {
        String mark = "pages-" + UUID.randomUUID();
        for (int i = 0; i < 120; i++) {
            record("bot@example.com", "test.page", mark + "/" + i + ".");
        }
        Browser browser = console.signedIn(Role.ADMIN);
        String path = "/console/audit?subject=" + mark;
        int seen = 0;
        int pages = 0;
        while (path != null) {
            String body = browser.get(path).body();
            seen += body.split(">" + mark + "/", -1).length - 1;
            pages++;
            Matcher older = OLDER.matcher(body);
            path = older.find() ? older.group(1).replace("&amp;", "&") : null;
        }
        assertThat(seen).isEqualTo(120);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void theFileHoldsEverythingThatWasFoundAndNoFormula() {
        String mark = "=HYPERLINK(\"http://evil.example\")-" + UUID.randomUUID();
        for (int i = 0; i < 1_050; i++) {
            record("bot@example.com", "test.file", mark);
        }
        Browser browser = console.signedIn(Role.ADMIN);
        var file = browser.get("/console/audit/export.csv?subject=" + URLEncoder.encode(mark, StandardCharsets.UTF_8));
        assertThat(file.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
                .contains("attachment");
        assertThat(file.body().lines()).hasSize(1_051).first().isEqualTo("time,operator,act,subject,address,detail");
        assertThat(file.body().lines().skip(1)).allSatisfy(line -> assertThat(line)
                .contains(",\"'=HYPERLINK(\"\"http://evil.example\"\")-")
                .doesNotContain(",\"="));
    }

    @Test
    void onlyAdministratorsReadIt() {
        assertThat(console.signedIn(Role.BROADCASTER).get("/console/audit").statusCode())
                .isEqualTo(403);
        assertThat(console.signedIn(Role.BROADCASTER)
                        .get("/console/audit/export.csv")
                        .statusCode())
                .isEqualTo(403);
    }

    private static String page(Browser browser, String query) {
        return browser.get("/console/audit?" + query).body();
    }

    private void record(String actor, String action, String subject) {
        console.get(AuditLog.class).record(actor, action, subject, "127.0.0.1", Map.of("why", "=1+1"));
    }
}
