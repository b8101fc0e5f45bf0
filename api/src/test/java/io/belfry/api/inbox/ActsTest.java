package io.belfry.api.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.Answer;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.api.Notifications;
import io.belfry.core.access.Scope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ApiExtension.class)
class ActsTest {
    private final ApiNode api;
    private final String sender;

    ActsTest(ApiNode api) {
        this.api = api;
        this.sender = api.key(Scope.EVENTS_WRITE);
    }

    private List<UUID> write(String user, int count) {
        var written = new ArrayList<UUID>();
        for (int i = 0; i < count; i++) {
            String id = api.call(
                            "POST",
                            "/v1/events",
                            sender,
                            "{\"type\":\"report.test\",\"recipients\":[\"" + user + "\"],\"id\":\"" + UUID.randomUUID()
                                    + "\"}")
                    .is(202)
                    .json()
                    .path("id")
                    .asText();
            written.add(Notifications.write(api, UUID.fromString(id), user));
        }
        return written;
    }

    private JsonNode act(String user, String act, UUID... ids) {
        return api.call("POST", "/v1/inbox/" + act, api.token(user), "{\"ids\":" + json(ids) + "}")
                .is(200)
                .json();
    }

    private static String json(UUID... ids) {
        return List.of(ids).stream().map(id -> "\"" + id + "\"").toList().toString();
    }

    private List<String> listed(String user, String query) {
        var ids = new ArrayList<String>();
        api.get("/v1/inbox" + query, api.token(user))
                .is(200)
                .json()
                .path("items")
                .forEach(item -> ids.add(item.path("id").asText()));
        return ids;
    }

    private static void hasCounts(JsonNode position, int total, int unread, int unseen) {
        assertThat(position.at("/counts/total").asInt()).isEqualTo(total);
        assertThat(position.at("/counts/unread").asInt()).isEqualTo(unread);
        assertThat(position.at("/counts/unseen").asInt()).isEqualTo(unseen);
    }

    @Test
    void whatIsReadIsSeenAndStaysSeenWhenItIsMarkedUnread() {
        List<UUID> ids = write("acts-read", 2);

        hasCounts(act("acts-read", "read", ids.getFirst()), 2, 1, 1);
        hasCounts(act("acts-read", "unread", ids.getFirst()), 2, 2, 1);
        assertThat(listed("acts-read", "?unread=true")).hasSize(2);
    }

    @Test
    void theArchiveIsNoPartOfTheListNorOfItsCounts() {
        List<UUID> ids = write("acts-archive", 3);

        JsonNode archived = act("acts-archive", "archive", ids.get(0), ids.get(1));
        hasCounts(archived, 1, 1, 1);
        assertThat(act("acts-archive", "archive", ids.get(0))).isEqualTo(archived);
        assertThat(listed("acts-archive", "")).containsExactly(ids.get(2).toString());
        assertThat(listed("acts-archive", "?archived=true"))
                .containsExactly(ids.get(1).toString(), ids.get(0).toString());
        JsonNode back = act("acts-archive", "unarchive", ids.get(0), ids.get(1));
        hasCounts(back, 3, 3, 3);
        assertThat(back.path("offset").asLong())
                .isEqualTo(archived.path("offset").asLong() + 2);
        assertThat(listed("acts-archive", "")).hasSize(3);
    }

    @Test
    void theListCanBeNarrowedToACategoryAndToWhatIsUnread() {
        List<UUID> ids = write("acts-filter", 3);
        act("acts-filter", "acknowledge", ids.get(1));

        assertThat(listed("acts-filter", "?unread=true&category=general"))
                .containsExactly(ids.get(2).toString(), ids.get(0).toString());
        assertThat(listed("acts-filter", "?category=news")).isEmpty();
        Answer page = api.get("/v1/inbox?unread=true&limit=1", api.token("acts-filter"));
        assertThat(listed(
                        "acts-filter",
                        "?unread=true&cursor=" + page.json().path("nextCursor").asText()))
                .containsExactly(ids.get(0).toString());
    }

    @Test
    void whatIsSnoozedTellsUntilWhen() {
        List<UUID> ids = write("acts-snooze", 2);
        Instant until = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MILLIS);

        JsonNode position = api.call(
                        "POST",
                        "/v1/inbox/snooze",
                        api.token("acts-snooze"),
                        "{\"ids\":" + json(ids.get(0)) + ",\"until\":\"" + until + "\"}")
                .is(200)
                .json();

        hasCounts(position, 1, 1, 1);
        JsonNode item = api.get("/v1/inbox?snoozed=true", api.token("acts-snooze"))
                .json()
                .at("/items/0");
        assertThat(item.path("snoozedUntil").asText()).isEqualTo(until.toString());
        hasCounts(act("acts-snooze", "unsnooze", ids.get(0)), 2, 2, 2);
    }

    @Test
    void nobodyActsOnWhatIsAnothers() {
        List<UUID> ids = write("acts-owner", 1);

        for (String act : List.of("read", "unread", "archive", "unarchive", "unsnooze", "acknowledge")) {
            hasCounts(act("acts-thief", act, ids.getFirst()), 0, 0, 0);
        }
        assertThat(api.get("/v1/inbox/counts", api.token("acts-owner"))
                        .json()
                        .path("offset")
                        .asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "archive   | {}",
                "archive   | {\"ids\":[]}",
                "archive   | {\"ids\":[\"x\"]}",
                "archive   | {\"ids\":[\"00000000-0000-0000-0000-000000000000\"],\"all\":true}",
                "snooze    | {\"ids\":[\"00000000-0000-0000-0000-000000000000\"]}",
                "snooze    | {\"ids\":[\"00000000-0000-0000-0000-000000000000\"],\"until\":\"2020-01-01T00:00:00Z\"}",
                "snooze    | {\"ids\":[\"00000000-0000-0000-0000-000000000000\"],\"until\":\"9999-01-01T00:00:00Z\"}",
                "snooze    | {\"ids\":[\"00000000-0000-0000-0000-000000000000\"],\"until\":\"tomorrow\"}",
            })
    void whatIsWrongIsRefused(String act, String body) {
        api.call("POST", "/v1/inbox/" + act, api.token("acts-wrong"), body).isProblem(422, "invalid");
    }
}
