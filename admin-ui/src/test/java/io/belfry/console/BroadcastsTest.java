package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.event.EventId;
import io.belfry.core.segment.Segments;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class BroadcastsTest {
    private static final Pattern FIGURE =
            Pattern.compile("<span><strong>([^<]+)</strong>.*?<strong class=\"end num\">([^<]+)</strong>");
    private static final Pattern COPY = Pattern.compile("name=\"copy\" value=\"([^\"]*)\"");

    private final Console console;
    private final Browser browser;
    private final UUID id = EventId.mint(Clock.systemUTC());
    private final String topic = "topic/" + id;

    BroadcastsTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.BROADCASTER);
    }

    @Test
    void manyPressesOfSendStartItOnce() throws Exception {
        follow(5);
        saved(form("Once", 0));
        review();
        Callable<HttpResponse<String>> press = () -> send(1, 5);
        var codes = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer :
                    threads.invokeAll(Stream.generate(() -> press).limit(6).toList())) {
                codes.add(answer.get().statusCode());
            }
        }
        assertThat(codes).containsOnly(303);
        assertThat(broadcast().state()).isEqualTo(BroadcastState.SENDING);
        assertThat(broadcast().audienceSize()).hasValue(5);
        assertThat(acts()).containsExactly("broadcast.start", "broadcast.save");
    }

    @Test
    void aDraftMayBeUnfinishedButIsThenNotSent() {
        Map<String, Object> form = form("", 0);
        form.put("topic", "");
        saved(form);
        assertThat(browser.get(path("/edit")).body()).contains("Edit broadcast");
        assertThat(review()).contains("title is missing", "name the topic").doesNotContain("Send to");
        assertThat(send(1, 0).statusCode()).isEqualTo(422);
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);
    }

    @Test
    void theNumberOfPeopleHasToBeTypedWhenTheyAreMany() {
        follow(101);
        saved(form("Many", 0));
        review();
        Map<String, Object> wrong = new LinkedHashMap<>(Map.of("revision", 1, "people", 101, "typed", "100"));
        assertThat(browser.post(path("/send"), wrong).body()).contains("is not the number of people");
        assertThat(browser.post(path("/send"), Map.of("revision", 1, "people", 101))
                        .statusCode())
                .isEqualTo(422);
        assertThat(browser.post(path("/send"), Map.of("revision", 1, "people", 5))
                        .body())
                .as("a smaller number than it reaches")
                .contains("would now reach 101 people");
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);
        wrong.put("typed", "101");
        assertThat(browser.post(path("/send"), wrong).statusCode()).isEqualTo(303);
        assertThat(broadcast().state()).isEqualTo(BroadcastState.SENDING);
    }

    @Test
    void theReviewTellsWhatEachOfThemGetsAndWhy() {
        console.jdbi().useTransaction(h -> {
            h.execute(
                    "insert into topic_followers (topic, user_id) select ?, 'rehearsed-' || i from generate_series(1, 1200) i",
                    topic);
            h.execute(
                    "insert into user_preferences (user_id, settings) select 'rehearsed-' || i, '{\"categories\":{\"news\":{\"inbox\":false}}}'"
                            + " from generate_series(1, 3) i");
            h.execute(
                    "insert into devices (user_id, id, token, platform) select 'rehearsed-' || i, 'phone', 'rehearsed-' || i, 'web'"
                            + " from generate_series(3, 10) i");
        });
        saved(form("Rehearsed", 0));
        assertThat(review()).contains(path("/rehearsal"));

        String told = browser.get(path("/rehearsal")).body();
        assertThat(figures(told))
                .containsExactly(
                        "Get it 1,197",
                        "Do not get it 3",
                        "Shown at once 1,197",
                        "Without a sound 3",
                        "Pushed to 7",
                        "Not pushed to 3",
                        "Not pushed to 1,190");
        assertThat(told)
                .contains("Decided for 1,200 people", "No device of the user was registered")
                .contains("href=\"/console/users/profile?id=rehearsed-1\"");
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);
    }

    private static List<String> figures(String page) {
        var figures = new ArrayList<String>();
        Matcher line = FIGURE.matcher(page);
        while (line.find()) {
            figures.add(line.group(1) + " " + line.group(2));
        }
        return figures;
    }

    @Test
    void aSegmentIsCountedAsItIsChosenAndSentToWhoFitsItThen() {
        String segment = "console-" + id;
        console.jdbi()
                .useHandle(h -> h.execute(
                        "insert into users (id, attributes) select ? || '-' || i, jsonb_build_object('plan', ?)"
                                + " from generate_series(1, 12) i",
                        segment,
                        segment));
        console.get(Segments.class)
                .put(
                        segment,
                        "Who pays",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("attribute", "plan")
                                .put("eq", segment));
        Map<String, Object> form = form("To a segment", 0);
        form.put("audience", "segment");
        form.put("segment", "");
        saved(form);
        assertThat(review()).contains("choose the segment");
        form.put("revision", 1);
        form.put("segment", segment);
        assertThat(browser.get(path("/edit")).body()).contains(segment + ": Who pays");
        assertThat(browser.post(path("/reach"), form).body()).contains("12 people");
        assertThat(browser.post(path(""), form).statusCode()).isEqualTo(303);
        assertThat(broadcast().audience()).isEqualTo(new Audience.Segment(segment));
        assertThat(review()).contains("People of the segment " + segment, "Send to 12 people");
        assertThat(figures(browser.get(path("/rehearsal")).body())).contains("Get it 12");

        assertThat(send(2, 12).statusCode()).isEqualTo(303);
        assertThat(broadcast().audienceSize()).hasValue(12);
    }

    @Test
    void aSegmentThatIsGoneIsNamedAndNothingIsSent() {
        Map<String, Object> form = form("To nobody", 0);
        form.put("audience", "segment");
        form.put("segment", "gone");
        saved(form);
        assertThat(browser.get(path("/edit")).body()).contains("value=\"gone\" selected");
        assertThat(review()).contains("there is no segment “gone” any more").doesNotContain("Send to");
        assertThat(send(1, 0).statusCode()).isEqualTo(422);
    }

    @Test
    void whatWasChangedAfterTheReviewIsNotSent() {
        follow(5);
        saved(form("Reviewed", 0));
        review();
        Browser colleague = console.signedIn(Role.BROADCASTER);
        colleague.get(path("/edit"));
        assertThat(colleague.post(path(""), form("Changed", 1)).statusCode()).isEqualTo(303);
        assertThat(send(1, 5).body()).contains("changed since you reviewed it");
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);

        assertThat(browser.post(path(""), form("Mine", 1)).body())
                .contains("Somebody else saved this draft", "value=\"Mine\"");
        assertThat(broadcast().contents().get("en").title()).isEqualTo("Changed");
    }

    @Test
    void savingANewDraftTwiceMakesOne() {
        Map<String, Object> form = form("Twice " + id, 0);
        browser.get("/console/broadcasts/new");
        browser.post(path(""), form);
        browser.post(path(""), form);
        assertThat(browser.get("/console/broadcasts?text=Twice%20" + id).body().split("Twice " + id + "</a>", -1))
                .hasSize(2);
    }

    @Test
    void aPastedListIsCleanedAndCheckedBeforeItIsKept() {
        Map<String, Object> form = form("List", 0);
        form.put("audience", "users");
        form.put("users", "alice, bob;\"carol\"\nalice   bob");
        saved(form);
        assertThat(broadcast().audience()).isEqualTo(new Audience.Users(List.of("alice", "bob", "carol")));

        form.put("revision", 1);
        form.put("users", "alice\nnot/an/id\n<b>");
        assertThat(browser.post(path(""), form).body())
                .contains("2 are no user ids: not/an/id, &lt;b&gt;")
                .contains("not/an/id\n&lt;b&gt;</textarea>");
        form.put(
                "users",
                String.join(
                        " ",
                        Stream.iterate(0, i -> i + 1)
                                .limit(10_001)
                                .map(i -> "u" + i)
                                .toList()));
        assertThat(browser.post(path(""), form).body()).contains("10001 ids (expected: at most 10000");
    }

    @Test
    void wrongWordsAreNamedByField() {
        Map<String, Object> form = form("Words", 0);
        form.put("locale", List.of("en", "en", "not a language"));
        form.put("title", List.of("a", "b", "c"));
        form.put("body", List.of("", "", ""));
        form.put("link", List.of("javascript:alert(1)", "", ""));
        browser.get("/console/broadcasts/new");
        assertThat(browser.post(path(""), form).body())
                .contains("en is there already", "is not a language tag", "Link: expected an address");
        assertThat(console.get(Broadcasts.class).find(id)).isEmpty();
    }

    @Test
    void whatIsTypedIsNeverMarkup() {
        saved(form("<script>alert('t')</script>", 0));
        for (String page : List.of("/edit", "/review", "/discard")) {
            assertThat(browser.get(path(page)).body())
                    .as(page)
                    .contains("&lt;script&gt;")
                    .doesNotContain("<script>alert");
        }
        assertThat(console.signedIn(Role.VIEWER).get(path("")).body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script>alert");
    }

    @Test
    void pauseResumeAndCancelDoWhatTheySayAndAreAuditedOnce() {
        follow(8);
        saved(form("Life", 0));
        review();
        send(1, 8);
        waves(3);
        assertThat(browser.get(path("/progress")).body()).contains("3 of 8");
        browser.post(path("/pause"), Map.of());
        assertThat(broadcast().state()).isEqualTo(BroadcastState.PAUSED);
        browser.post(path("/pause"), Map.of());
        assertThat(browser.get(path("")).body()).contains("Nothing changed: the broadcast is paused");
        assertThat(browser.get(path("/cancel")).body())
                .contains("So far about 3 of 8 people were addressed")
                .contains("never be sent");
        browser.post(path("/resume"), Map.of());
        assertThat(broadcast().state()).isEqualTo(BroadcastState.SENDING);
        browser.post(path("/cancel"), Map.of());
        browser.post(path("/cancel"), Map.of());
        browser.post(path("/resume"), Map.of());
        assertThat(broadcast().state()).isEqualTo(BroadcastState.CANCELLED);
        assertThat(acts())
                .containsExactly(
                        "broadcast.cancel", "broadcast.resume", "broadcast.pause", "broadcast.start", "broadcast.save");
    }

    @Test
    void whatWentOutIsRecalledAfterAQuestionThatSaysWhatItTouches() {
        follow(8);
        saved(form("Wrong", 0));
        review();
        send(1, 8);
        assertThat(browser.get(path("/recall")).statusCode())
                .as("nothing is out")
                .isEqualTo(404);
        browser.post(path("/recall"), Map.of());
        assertThat(browser.get(path("")).body()).contains("Nothing changed: nothing of it went out");
        waves(4);
        assertThat(browser.get(path("")).body()).contains("id=\"recall\"");
        assertThat(browser.get(path("/recall")).body())
                .contains("from the inboxes of about 4 people", "never be sent", "Recall the broadcast");

        browser.post(path("/recall"), Map.of());
        assertThat(broadcast().state()).isEqualTo(BroadcastState.RECALLED);
        assertThat(browser.get(path("")).body())
                .contains("It is recalled", "No inbox has it any more", "Recalled by")
                .doesNotContain("id=\"recall\"", "id=\"cancel\"");
        browser.post(path("/recall"), Map.of());
        assertThat(browser.get(path("")).body()).contains("Nothing changed: the broadcast was recalled before");
        assertThat(acts()).containsExactly("broadcast.recall", "broadcast.start", "broadcast.save");
    }

    @Test
    void aTestGoesToItsPeopleOnlyAndLeavesTheDraftOne() {
        follow(5);
        saved(form("Tried", 0));
        UUID test = EventId.mint(Clock.systemUTC());
        review();
        assertThat(browser.post(path("/test"), Map.of("test", test, "testers", "ada bob"))
                        .statusCode())
                .isEqualTo(303);
        browser.post(path("/test"), Map.of("test", test, "testers", "ada bob"));
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);
        assertThat(console.get(Broadcasts.class).testsOf(id, 10))
                .singleElement()
                .satisfies(sent -> {
                    assertThat(sent.audience()).isEqualTo(new Audience.Users(List.of("ada", "bob")));
                    assertThat(sent.state()).isEqualTo(BroadcastState.SENDING);
                });
        assertThat(review()).contains("Test to 2 people", "value=\"ada bob\"");
        assertThat(browser.get("/console/broadcasts").body()).doesNotContain(test.toString());
        assertThat(acts()).containsExactly("broadcast.test", "broadcast.save");
        assertThat(browser.post(path("/test"), Map.of("test", EventId.mint(Clock.systemUTC()), "testers", "a/b"))
                        .body())
                .contains("is no user id");
    }

    @Test
    void aCopyIsADraftOfItsOwn() {
        follow(5);
        saved(form("Original", 0));
        review();
        send(1, 5);
        Matcher copy = COPY.matcher(browser.get(path("")).body());
        assertThat(copy.find()).isTrue();
        browser.post(path("/duplicate"), Map.of("copy", copy.group(1)));
        browser.post(path("/duplicate"), Map.of("copy", copy.group(1)));
        assertThat(console.get(Broadcasts.class).find(UUID.fromString(copy.group(1))))
                .hasValueSatisfying(draft -> {
                    assertThat(draft.state()).isEqualTo(BroadcastState.DRAFT);
                    assertThat(draft.contents().get("en").title()).isEqualTo("Original");
                    assertThat(draft.revision()).isEqualTo(1);
                });
    }

    @Test
    void discardedDraftsAreGoneAndStartedOnesCannotBeDiscarded() {
        saved(form("Gone", 0));
        browser.get(path("/discard"));
        browser.post(path("/discard"), Map.of());
        assertThat(console.get(Broadcasts.class).find(id)).isEmpty();
        follow(1);
        browser.post(path(""), form("Back", 0));
        send(1, 1);
        browser.post(path("/discard"), Map.of());
        browser.post(path("/cancel"), Map.of());
        assertThat(broadcast().state()).isEqualTo(BroadcastState.CANCELLED);
    }

    @Test
    void editorsAndViewersLookButChangeNothing() {
        follow(5);
        saved(form("Look", 0));
        for (Role role : List.of(Role.VIEWER, Role.EDITOR)) {
            Browser other = console.signedIn(role);
            assertThat(other.get(path("")).body()).contains("Look").doesNotContain("/send\"");
            assertThat(other.get("/console/broadcasts/new").statusCode()).isEqualTo(403);
            other.get("/console/broadcasts");
            for (String act : List.of("", "/send", "/test", "/pause", "/resume", "/cancel", "/discard", "/duplicate")) {
                assertThat(other.post(path(act), Map.of("revision", 1, "people", 5))
                                .statusCode())
                        .as(role + act)
                        .isEqualTo(403);
            }
        }
        assertThat(broadcast().state()).isEqualTo(BroadcastState.DRAFT);
    }

    private String review() {
        return browser.get(path("/review")).body();
    }

    private HttpResponse<String> send(int revision, long people) {
        return browser.post(path("/send"), Map.of("revision", revision, "people", people));
    }

    private void saved(Map<String, Object> form) {
        browser.get("/console/broadcasts/new");
        assertThat(browser.post(path(""), form).statusCode()).isEqualTo(303);
    }

    private String path(String rest) {
        return "/console/broadcasts/" + id + rest;
    }

    private Broadcast broadcast() {
        return console.get(Broadcasts.class).find(id).orElseThrow();
    }

    private void follow(int people) {
        console.jdbi()
                .useHandle(h -> h.execute(
                        "insert into topic_followers (topic, user_id) select ?, 'f' || i from generate_series(1, ?) i",
                        topic,
                        people));
    }

    private void waves(int done) {
        console.jdbi().useHandle(h -> h.execute("update broadcasts set waves_done = ? where id = ?", done, id));
    }

    private List<String> acts() {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.of("broadcast."),
                        Optional.of(id.toString()),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        20))
                .stream()
                .map(AuditEntry::action)
                .toList();
    }

    private Map<String, Object> form(String title, int revision) {
        var form = new LinkedHashMap<String, Object>();
        form.put("revision", revision);
        form.put("locale", List.of("en"));
        form.put("title", List.of(title));
        form.put("body", List.of("Text"));
        form.put("link", List.of("https://example.com"));
        form.put("audience", "topic");
        form.put("topic", topic);
        form.put("users", "");
        form.put("category", "news");
        form.put("priority", "normal");
        form.put("validUntil", "");
        form.put("waves", "8");
        form.put("push", "on");
        return form;
    }
}
