package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.schema.DataSchemas;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class EventTypesTest {
    private final Console console;

    EventTypesTest(Console console) {
        this.console = console;
    }

    @Test
    void typesThatServicesSentAreCountedThoughNobodyRegisteredThem() throws Exception {
        console.get(EventLog.class)
                .append(IntStream.range(0, 3).mapToObj(i -> event("t.seen")).toList());
        String page = console.signedIn(Role.VIEWER)
                .get("/console/event-types?q=T.SEE")
                .body();
        assertThat(page).contains("t.seen", "General (by default)");
        assertThat(page).containsPattern("data-label=\"Events\"[^>]*>3<");
    }

    @Test
    void anEditorRegistersATypeAndMovesIt() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/event-types");
        var registered = browser.post("/console/event-types", Map.of("type", "t.new", "category", "news"));
        assertThat(browser.follow(registered).body()).contains("t.new is in the category News now.");
        assertThat(console.get(Categories.class).ofType("t.new").id()).isEqualTo("news");

        var moved = browser.post("/console/event-types/t.new", Map.of("category", "security", "in", "news"));
        assertThat(moved.headers().firstValue("Location")).contains("/console/event-types?category=news");
        assertThat(console.get(Categories.class).ofType("t.new").id()).isEqualTo("security");
        assertThat(browser.get("/console/event-types?category=security").body()).contains("t.new");
        assertThat(browser.get("/console/event-types?category=news").body()).doesNotContain("t.new<");
    }

    @Test
    void aTypeThatServicesCouldNotSendIsRefused() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/event-types");
        var refused = browser.post("/console/event-types", Map.of("type", "a b", "category", "news"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("A type is 1 to 128", "value=\"a b\"");
    }

    @Test
    void aCategoryThatIsGoneIsRefused() {
        Browser browser = console.signedIn(Role.EDITOR);
        browser.get("/console/event-types");
        assertThat(browser.post("/console/event-types/t.gone", Map.of("category", "nowhere"))
                        .statusCode())
                .isEqualTo(422);
        assertThat(console.get(Categories.class).assignments()).doesNotContainKey("t.gone");
    }

    @Test
    void longListsComeInPages() {
        Categories categories = console.get(Categories.class);
        IntStream.range(0, 51).forEach(i -> categories.assign("t.page.%03d".formatted(i), "general"));
        Browser browser = console.signedIn(Role.VIEWER);
        String first = browser.get("/console/event-types?q=t.page").body();
        assertThat(first).contains("1–50 of 51", "t.page.049", "page=2").doesNotContain("t.page.050");
        assertThat(browser.get("/console/event-types?q=t.page&page=2").body())
                .contains("51–51 of 51", "t.page.050")
                .doesNotContain("t.page.049");
    }

    @Test
    void anEditorGivesATypeASchema() throws Exception {
        console.get(EventLog.class).append(List.of(event("t.schema", "{\"order\":\"12\"}")));
        String path = "/console/event-types/t.schema/schema";
        String schema = "{\"type\":\"object\",\"properties\":{\"order\":{\"type\":\"integer\"}}}";
        Browser browser = console.signedIn(Role.EDITOR);
        assertThat(browser.get(path).body()).contains("Schema of t.schema", "&quot;order&quot;:&quot;12&quot;");

        var saved = browser.post(path, Map.of("schema", schema, "before", ""));

        assertThat(browser.follow(saved).body()).contains("Events of t.schema must be as the schema has it");
        assertThat(console.get(DataSchemas.class).of("t.schema")).contains(schema);
        assertThat(browser.get(path).body()).contains("<code>/order</code>");
        assertThat(browser.get("/console/event-types?q=t.schema").body()).contains(">Schema</a>");
        assertThat(console.signedIn(Role.VIEWER).get(path).body())
                .contains("readonly", "Your role may look")
                .doesNotContain("&quot;12&quot;");

        var late = browser.post(path, Map.of("schema", "{}", "before", "{\"type\":\"object\"}"));
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body()).contains("Somebody else changed the schema");
        assertThat(browser.follow(browser.post(path, Map.of("schema", " ", "before", schema)))
                        .body())
                .contains("t.schema takes any data now.");
        assertThat(console.get(DataSchemas.class).of("t.schema")).isEmpty();
    }

    @Test
    void aSchemaThatIsNoneIsRefusedInWords() {
        Browser browser = console.signedIn(Role.EDITOR);
        String path = "/console/event-types/t.wrong/schema";
        browser.get(path);
        for (String wrong : List.of("{", "[]", "{\"type\":\"number of\"}", "{\"$ref\":\"#/nowhere\"}")) {
            var refused = browser.post(path, Map.of("schema", wrong, "before", ""));
            assertThat(refused.statusCode()).as(wrong).isEqualTo(422);
            assertThat(refused.body()).as(wrong).contains("alert-danger");
        }
        assertThat(console.get(Categories.class).assignments()).doesNotContainKey("t.wrong");
    }

    private static NewEvent event(String type) {
        return event(type, "{}");
    }

    static NewEvent event(String type, String data) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                UUID.randomUUID(),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, "u1"),
                type,
                "general",
                Priority.NORMAL,
                List.of("u1"),
                Optional.empty(),
                Optional.empty(),
                data,
                Optional.empty());
    }
}
