package io.belfry.api.preference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.UnsubscribeLinks;
import io.belfry.core.user.UserId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ApiExtension.class)
class PreferencesTest {
    private static final String PATH = "/v1/preferences";

    private final ApiNode api;
    private final String service;

    PreferencesTest(ApiNode api) {
        this.api = api;
        this.service = api.key(Scope.USERS_WRITE);
    }

    private JsonNode patch(String user, String body) {
        return api.call("PATCH", PATH, api.token(user), body).is(200).json();
    }

    @Test
    void whoeverChoseNothingSeesWhatTheCategoriesHave() {
        JsonNode shown = api.get(PATH, api.token("p-new")).is(200).json();

        JsonNode news = shown.at("/categories/news");
        assertThat(news.path("push").asBoolean()).isTrue();
        assertThat(news.path("chosen")).isEmpty();
        assertThat(shown.at("/categories/security/mandatory").asBoolean()).isTrue();
        assertThat(shown.path("topics")).isEmpty();
        assertThat(shown.has("quietHours")).isFalse();
    }

    @Test
    void aPatchChangesWhatItNamesAndNullGoesBack() {
        patch("p-merge", "{\"categories\":{\"news\":{\"push\":false,\"live\":false}},\"timeZone\":\"Asia/Kathmandu\"}");
        JsonNode shown = patch("p-merge", """
                {"categories":{"news":{"push":null}},"topics":{"team/7":{"muted":true},"team/8":{"muted":true}},
                 "quietHours":{"from":"22:00","to":"07:00"}}""");

        assertThat(shown.at("/categories/news/push").asBoolean()).isTrue();
        assertThat(shown.at("/categories/news/live").asBoolean()).isFalse();
        assertThat(shown.at("/categories/news/chosen")).hasSize(1);
        assertThat(shown.path("timeZone").asText()).isEqualTo("Asia/Kathmandu");

        shown = patch("p-merge", "{\"topics\":{\"team/7\":null},\"quietHours\":null}");
        assertThat(shown.path("topics").properties()).hasSize(1);
        assertThat(shown.has("quietHours")).isFalse();
        assertThat(shown.path("timeZone").asText()).isEqualTo("Asia/Kathmandu");
        assertThat(api.get("/v1/users/p-merge/preferences", service).is(200).json())
                .isEqualTo(shown);
    }

    @Test
    void withoutTheInboxThereIsNothingElse() {
        JsonNode news =
                patch("p-none", "{\"categories\":{\"news\":{\"inbox\":false}}}").at("/categories/news");

        assertThat(news.path("live").asBoolean()).isFalse();
        assertThat(news.path("push").asBoolean()).isFalse();
    }

    @Test
    void aPauseEndsByItself() {
        Instant until = Instant.now().plus(Duration.ofHours(1));
        assertThat(patch("p-pause", "{\"pausedUntil\":\"" + until + "\"}")
                        .path("pausedUntil")
                        .asText())
                .isEqualTo(until.toString());
        assertThat(patch("p-pause", "{\"pausedUntil\":\"2020-01-01T00:00:00Z\"}")
                        .has("pausedUntil"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"categories\":{\"security\":{\"push\":false}}}|/categories/security/push",
                "{\"categories\":{\"nothing\":{\"push\":false}}}|/categories/nothing",
                "{\"categories\":{\"news\":{\"mail\":false}}}|/categories/news/mail",
                "{\"categories\":{\"news\":{\"push\":\"no\"}}}|/categories/news/push",
                "{\"categories\":[]}|/categories",
                "{\"topics\":{\"a b\":{\"muted\":true}}}|/topics/a b",
                "{\"topics\":{\"a~/b\":{\"muted\":true}}}|/topics/a~0~1b",
                "{\"topics\":{\"a\":true}}|/topics/a",
                "{\"pausedUntil\":\"tomorrow\"}|/pausedUntil",
                "{\"pausedUntil\":\"2199-01-01T00:00:00Z\"}|/pausedUntil",
                "{\"quietHours\":{\"from\":\"22:00\",\"to\":\"22:00\"}}|/quietHours/to",
                "{\"quietHours\":{\"from\":\"25:00\",\"to\":\"07:00\"}}|/quietHours/from",
                "{\"quietHours\":{\"from\":\"22:00\"}}|/quietHours/to",
                "{\"quietHours\":{\"from\":\"22:00\",\"to\":\"07:00\",\"days\":[\"monday\",\"payday\"]}}|/quietHours/days/1",
                "{\"timeZone\":\"Mars/Olympus\"}|/timeZone",
                "{\"volume\":11}|/volume",
            })
    void saysWhereAPatchIsWrong(String body, String pointer) {
        assertThat(api.call("PATCH", PATH, api.token("p-wrong"), body)
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly(pointer);
    }

    @Test
    void nothingOfAWrongPatchIsDone() {
        api.call("PATCH", PATH, api.token("p-all"), "{\"categories\":{\"news\":{\"push\":false}},\"timeZone\":\"x\"}")
                .isProblem(422, "invalid");

        assertThat(api.get(PATH, api.token("p-all"))
                        .json()
                        .at("/categories/news/push")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void changesFromTwoDevicesDoNotUndoEachOther() {
        String token = api.token("p-two");
        var answers = new ArrayList<CompletableFuture<Answer>>();
        for (int i = 0; i < 40; i++) {
            answers.add(api.later("PATCH", PATH, token, "{\"topics\":{\"t/" + i + "\":{\"muted\":true}}}"));
        }
        answers.forEach(answer -> answer.join().is(200));

        assertThat(api.get(PATH, token).json().path("topics").properties()).hasSize(40);
    }

    @Test
    void mutedTopicsAreBounded() {
        StringBuilder topics = new StringBuilder();
        for (int i = 0; i <= 1000; i++) {
            topics.append(i == 0 ? "" : ",").append("\"t").append(i).append("\":{\"muted\":true}");
        }
        assertThat(api.call("PATCH", PATH, api.token("p-many"), "{\"topics\":{" + topics + "}}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/topics");
    }

    @Test
    void eachIsForWhomItIs() {
        api.get(PATH, service).isProblem(403, "forbidden");
        api.get(PATH, "").isProblem(401, "unauthorized");
        api.get("/v1/users/p-x/preferences", api.token("p-x")).isProblem(403, "forbidden");
        api.get("/v1/users/p-x/preferences", api.key(Scope.EVENTS_WRITE)).isProblem(403, "forbidden");
        api.get("/v1/users/p%20x/preferences", service).isProblem(422, "invalid");
    }

    private String link(String user, String body) {
        String url = api.call("POST", "/v1/users/" + user + "/unsubscribe-link", service, body)
                .is(200)
                .json()
                .path("url")
                .asText();
        assertThat(url).startsWith(api.uri("/unsubscribe/").toString());
        return URI.create(url).getPath();
    }

    private boolean hasPush(String user) {
        return api.get(PATH, api.token(user)).json().at("/categories/news/push").asBoolean();
    }

    @Test
    void lookingAtALinkChangesNothingAndPostingToItDoes() {
        String path = link("p-link", "{\"category\":\"news\",\"medium\":\"push\"}");

        Answer page = api.get(path, "").is(200);
        assertThat(page.body()).contains("Mobile pushes of the category <b>News</b>", "method=\"post\"");
        assertThat(page.header("Content-Security-Policy").orElse("")).contains("default-src 'none'");
        assertThat(hasPush("p-link")).isTrue();

        api.call("POST", path, "", "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")
                .is(200);
        assertThat(hasPush("p-link")).isFalse();
        assertThat(api.get(PATH, api.token("p-link"))
                        .json()
                        .at("/categories/news/inbox")
                        .asBoolean())
                .isTrue();
    }

    /// As RFC 8058 allows mail programs to.
    @Test
    void aMailProgramMayPostMultipart() {
        String path = link("p-mail", "{\"category\":\"news\"}");
        String body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

        api.call("POST", path, "", body, "Content-Type", "multipart/form-data; boundary=b")
                .is(200);

        assertThat(hasPush("p-mail")).isFalse();
    }

    @Test
    void aLinkThatWasNotSignedHereDoesNothing() {
        String token = api.bean(UnsubscribeLinks.class)
                .token(new UnsubscribeLinks.Subject(new UserId("p-forged"), "news", Medium.INBOX));
        String forged = (token.charAt(0) == 'a' ? "b" : "a") + token.substring(1);
        for (String wrong : List.of(forged, token.substring(0, token.length() - 2), "x", "!!", "a".repeat(3000))) {
            String path = "/unsubscribe/" + wrong;
            api.call(
                            "POST",
                            path,
                            "",
                            "List-Unsubscribe=One-Click",
                            "Content-Type",
                            "application/x-www-form-urlencoded")
                    .is(404);
        }
        api.call("POST", "/unsubscribe/" + token, "", "a=b", "Content-Type", "application/x-www-form-urlencoded")
                .is(400);
        assertThat(hasPush("p-forged")).isTrue();
    }

    @Test
    void thereIsNoLinkForWhatIsMandatory() {
        assertThat(api.call("POST", "/v1/users/p-m/unsubscribe-link", service, "{\"category\":\"security\"}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/category");
    }
}
