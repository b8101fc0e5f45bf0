package io.belfry.api.topic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who follows what, by services and by users.
@ExtendWith(ApiExtension.class)
class FollowsTest {
    private final ApiNode api;
    private final String key;

    FollowsTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.USERS_WRITE);
    }

    private Answer change(String user, String body) {
        return api.call("POST", "/v1/users/" + user + "/topics", key, body);
    }

    private static List<String> texts(JsonNode items, String field) {
        var texts = new ArrayList<String>();
        items.forEach(item -> texts.add(item.path(field).asText()));
        return texts;
    }

    /// Walks through all pages.
    private List<String> all(String path, String bearer, String field, int limit) {
        var all = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page =
                    api.get(path + "limit=" + limit + cursor, bearer).is(200).json();
            assertThat(page.path("items").size()).isLessThanOrEqualTo(limit);
            all.addAll(texts(page.path("items"), field));
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        return all;
    }

    @Test
    void servicesLetUsersFollowAndNoMore() {
        Answer first = change("fo-ana", "{\"follow\":[\"fo/7/#\",\"fo/1\",\"#\",\"fo/1\"]}")
                .is(200);
        assertThat(first.json().path("followed").asInt()).isEqualTo(3);

        Answer second = change("fo-ana", "{\"follow\":[\"fo/1\",\"fo/2\"],\"unfollow\":[\"#\",\"never\"]}")
                .is(200);

        assertThat(second.json().path("followed").asInt()).isEqualTo(1);
        assertThat(second.json().path("unfollowed").asInt()).isEqualTo(1);
        for (int limit : List.of(1, 2, 3, 1000)) {
            assertThat(all("/v1/users/fo-ana/topics?", key, "topic", limit)).containsExactly("fo/1", "fo/2", "fo/7/#");
        }
        api.get("/v1/users/fo-ana", key).is(200);
    }

    @Test
    void listsWhomAnEventWouldReachOnce() {
        String users =
                IntStream.range(0, 25).mapToObj(i -> "\"li-" + (10 + i) + "\"").collect(Collectors.joining(","));
        api.call("POST", "/v1/topics/followers", key, "{\"topic\":\"li/7/x\",\"add\":[" + users + "]}")
                .is(200);
        api.call("POST", "/v1/topics/followers", key, "{\"topic\":\"li/7/#\",\"add\":[\"li-11\",\"li-99\"]}")
                .is(200);
        api.call("POST", "/v1/topics/followers", key, "{\"topic\":\"li/7\",\"add\":[\"li-00\"]}")
                .is(200);
        api.call("POST", "/v1/topics/followers", key, "{\"topic\":\"li/7/x\",\"remove\":[\"li-12\"]}")
                .is(200);

        List<String> reached = all("/v1/topics/followers?topic=li/7/x&", key, "user", 7);

        assertThat(reached)
                .doesNotHaveDuplicates()
                .hasSize(25)
                .contains("li-11", "li-99")
                .doesNotContain("li-00", "li-12");
        assertThat(reached).isSorted();
        JsonNode page =
                api.get("/v1/topics/followers?topic=li/7/x&limit=2", key).json();
        assertThat(page.path("items").path(1).path("through").toString()).isEqualTo("[\"li/7/#\",\"li/7/x\"]");
        assertThat(all("/v1/topics/followers?topic=li/7&", key, "user", 7)).containsExactly("li-00", "li-11", "li-99");
    }

    @Test
    void usersFollowWhatARuleAllowsThem() {
        String ana = api.token("ru-ana");
        api.call("POST", "/v1/topics", ana, "{\"follow\":[\"user/ru-ana/#\",\"user/ru-ana/orders\"]}")
                .is(200);
        for (String other : List.of("user/ru-ben", "user/#", "#", "team/7")) {
            api.call("POST", "/v1/topics", ana, "{\"follow\":[\"" + other + "\"]}")
                    .isProblem(403, "forbidden");
        }
        change("ru-ana", "{\"follow\":[\"alerts/all\"]}").is(200);
        api.call("POST", "/v1/topics", ana, "{\"unfollow\":[\"alerts/all\"]}").isProblem(403, "forbidden");
        api.call("POST", "/v1/topics", ana, "{\"follow\":[\"user/ru-ana/x\",\"team/7\"]}")
                .isProblem(403, "forbidden");
        api.call("POST", "/v1/topics", ana, "{\"unfollow\":[\"user/ru-ana/#\"]}")
                .is(200);

        assertThat(all("/v1/topics?", ana, "topic", 1)).containsExactly("alerts/all", "user/ru-ana/orders");
        assertThat(all("/v1/topics?", api.token("ru-ben"), "topic", 1)).isEmpty();
    }

    @Test
    void eachCallIsForItsCallers() {
        api.get("/v1/topics", key).isProblem(403, "forbidden");
        api.call("POST", "/v1/topics", key, "{\"follow\":[\"a\"]}").isProblem(403, "forbidden");
        String user = api.token("ca-ana");
        api.get("/v1/users/ca-ana/topics", user).isProblem(403, "forbidden");
        api.call("POST", "/v1/users/ca-ana/topics", user, "{\"follow\":[\"a\"]}")
                .isProblem(403, "forbidden");
        api.get("/v1/topics/followers?topic=a", user).isProblem(403, "forbidden");
        api.call("POST", "/v1/topics/followers", user, "{\"topic\":\"a\",\"add\":[\"ca-ana\"]}")
                .isProblem(403, "forbidden");
        api.get("/v1/topics/followers?topic=a", api.key(Scope.EVENTS_WRITE)).isProblem(403, "forbidden");
    }

    @Test
    void namesEveryFault() {
        assertThat(change("fa-ana", "{\"follow\":[\"a\",\"b/\"],\"unfollow\":[\"#/c\"],\"x\":1}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactlyInAnyOrder("/follow/1", "/unfollow/0", "/x");
        assertThat(change("fa-ana", "{}").isProblem(422, "invalid").pointers()).containsExactly("");
        change("no%20id", "{\"follow\":[\"a\"]}").isProblem(422, "invalid");
        assertThat(api.call("POST", "/v1/topics/followers", key, "{\"add\":[\"a b\"]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactlyInAnyOrder("/topic", "/add/0");
        api.get("/v1/topics/followers?topic=a/%23", key).isProblem(422, "invalid");
        api.get("/v1/topics/followers?topic=a&cursor=*", key).isProblem(422, "invalid");
        api.get("/v1/topics/followers?topic=a&cursor=AA", key).isProblem(422, "invalid");
        api.get("/v1/users/fa-ana/topics?limit=1001", key).isProblem(422, "invalid");
        api.get("/v1/users/fa-ana", key).isProblem(404, "not-found");
    }

    @Test
    void boundsWhatOneUserFollows() {
        String most = IntStream.range(0, 1000).mapToObj(i -> "\"bo/" + i + "\"").collect(Collectors.joining(","));
        change("bo-ana", "{\"follow\":[" + most + "]}").is(200);

        assertThat(change("bo-ana", "{\"follow\":[\"bo/0\",\"bo/1000\"]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/follow");
        assertThat(api.call("POST", "/v1/topics/followers", key, "{\"topic\":\"bo\",\"add\":[\"bo-ana\",\"bo-ben\"]}")
                        .isProblem(422, "invalid")
                        .pointers())
                .containsExactly("/add");
        api.get("/v1/users/bo-ben", key).isProblem(404, "not-found");
        change("bo-ana", "{\"follow\":[\"bo/1000\"],\"unfollow\":[\"bo/0\"]}").is(200);
    }
}
