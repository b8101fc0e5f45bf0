package io.belfry.api.user;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.api.Notifications;
import io.belfry.core.access.Scope;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.UserPreferences;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a person gets who asks for all that is kept of them.
@ExtendWith(ApiExtension.class)
class ExportTest {
    private final ApiNode api;
    private final String key;

    ExportTest(ApiNode api) {
        this.api = api;
        this.key = api.key(Scope.USERS_WRITE);
    }

    private static UUID send(ApiNode api, String user, int number) {
        String body = "{\"type\":\"export.test\",\"recipients\":[\"%s\"],\"data\":{\"n\":%d}}".formatted(user, number);
        return UUID.fromString(api.call("POST", "/v1/events", api.key(Scope.EVENTS_WRITE), body)
                .is(202)
                .json()
                .path("id")
                .asText());
    }

    @Test
    void holdsAllThatIsKept() throws SQLException {
        String token = api.token("export-ana");
        api.call("PUT", "/v1/users/export-ana", key, "{\"locale\":\"de\",\"attributes\":{\"name\":\"Ana\"}}")
                .is(200);
        api.call("PUT", "/v1/devices/phone", token, "{\"token\":\"export-token\",\"platform\":\"ios\"}")
                .is(200);
        api.jdbi()
                .useHandle(h ->
                        h.execute("insert into topic_followers (topic, user_id) values ('team/7/#', 'export-ana')"));
        Preferences muted = new Preferences(Map.of(), Set.of("team/7/deploys"), Optional.empty(), Optional.empty());
        api.bean(UserPreferences.class).change("export-ana", chosen -> new Chosen(muted, chosen.timeZone()));
        api.bean(Receipts.class).save(List.of(new Receipt("export-ana", "phone", 1, 0)));
        Notifications.write(api, send(api, "export-ana", 7), "export-ana");
        Notifications.write(api, send(api, "export-ben", 8), "export-ben");

        JsonNode export = api.get("/v1/users/export-ana/export", key).is(200).json();

        assertThat(export.path("attributes").path("name").asText()).isEqualTo("Ana");
        assertThat(export.path("preferences").path("mutedTopics").path(0).asText())
                .isEqualTo("team/7/deploys");
        assertThat(export.path("devices").path(0).path("token").asText()).isEqualTo("export-token");
        assertThat(export.path("topics").path(0).asText()).isEqualTo("team/7/#");
        assertThat(export.path("receipts").path(0).path("inboxOffset").asInt()).isEqualTo(1);
        assertThat(export.path("notifications").size()).isEqualTo(1);
        assertThat(export.path("notifications").path(0).path("data").path("n").asInt())
                .isEqualTo(7);
        assertThat(export.path("inbox").path("counts").path("unread").asInt()).isEqualTo(1);
    }

    /// With a page of two, so that both an even and an odd number of notifications meet its end.
    @Test
    void comesInPages() {
        try (ApiNode paging = ApiNode.start(
                PostgresExtension.newDatabase("export"),
                RedisExtension.server().url(),
                Map.of("belfry.export.page", 2))) {
            String pagingKey = paging.key(Scope.USERS_WRITE);
            for (int size : List.of(0, 1, 2, 3, 4, 5)) {
                String user = "pages-" + size;
                paging.call("PUT", "/v1/users/" + user, pagingKey, "{}").is(200);
                IntStream.range(0, size).forEach(i -> Notifications.write(paging, send(paging, user, i), user));

                JsonNode items = paging.get("/v1/users/" + user + "/export", pagingKey)
                        .is(200)
                        .json()
                        .path("notifications");

                assertThat(StreamSupport.stream(items.spliterator(), false)
                                .map(item -> item.path("data").path("n").asInt()))
                        .isEqualTo(IntStream.range(0, size)
                                .map(i -> size - 1 - i)
                                .boxed()
                                .toList());
            }
        }
    }

    @Test
    void knowsNoStranger() {
        api.get("/v1/users/export-nobody/export", key).isProblem(404, "not-found");
    }
}
