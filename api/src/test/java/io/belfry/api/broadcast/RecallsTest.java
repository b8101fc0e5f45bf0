package io.belfry.api.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Scope;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class RecallsTest {
    private final ApiNode api;
    private final String operator;

    RecallsTest(ApiNode api) {
        this.api = api;
        this.operator = api.key(Scope.OPERATIONS_WRITE);
    }

    private UUID broadcast(String state, int wavesDone) {
        return api.jdbi().withHandle(h -> h.createQuery("""
                        insert into broadcasts (state, audience, contents, category, priority, created_by, started_at,
                                                push_state, waves, waves_done)
                        values (:state, '{"kind":"everyone"}', '{"en":{"title":"T","body":"B"}}', 'news', 3, 'test', now(),
                                'off', 4, :done) returning id
                        """)
                .bind("state", state)
                .bind("done", wavesDone)
                .mapTo(UUID.class)
                .one());
    }

    @Test
    void whatWentOutIsTakenBackOnceAndToldEachTime() {
        UUID id = broadcast("sent", 4);
        api.get("/v1/broadcasts/" + id + "/recall", operator).isProblem(404, "not-found");

        JsonNode recall = api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", operator, "")
                .is(202)
                .json();

        assertThat(recall.path("broadcastId").asText()).isEqualTo(id.toString());
        assertThat(api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", operator, "")
                        .is(202)
                        .json())
                .isEqualTo(recall);
        assertThat(api.get("/v1/broadcasts/" + id + "/recall", operator).is(200).json())
                .isEqualTo(recall);
        String state = api.jdbi().withHandle(h -> h.createQuery("select state from broadcasts where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .one());
        assertThat(state).isEqualTo("recalled");
        assertThat(acts(id)).containsExactly("broadcast.recall");
    }

    @Test
    void oneUnderWayStopsAndIsTakenBack() {
        UUID id = broadcast("sending", 1);
        api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", operator, "")
                .is(202);
        int to = api.jdbi().withHandle(h -> h.createQuery(
                        "select bucket_to from announcements where broadcast_id = :id and recall")
                .bind("id", id)
                .mapTo(Integer.class)
                .one());
        assertThat(to).as("only those who may have it are told").isEqualTo(256);
    }

    @Test
    void whatDidNotGoOutIsNotTakenBack() {
        for (String state : List.of("draft", "scheduled", "sending", "paused", "cancelled")) {
            UUID id = broadcast(state, 0);
            api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", operator, "")
                    .isProblem(409, "nothing-out");
            assertThat(acts(id)).isEmpty();
        }
    }

    @Test
    void strangersAndWhatIsNotThereAreRefused() {
        UUID id = broadcast("sent", 4);
        for (Scope scope : Scope.values()) {
            if (scope != Scope.OPERATIONS_WRITE) {
                api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", api.key(scope), "")
                        .isProblem(403, "forbidden");
            }
        }
        api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", api.token("ana"), "")
                .isProblem(403, "forbidden");
        api.call("DELETE", "/v1/broadcasts/" + id + "/announcement", "", "").isProblem(401, "unauthorized");
        api.call("DELETE", "/v1/broadcasts/" + UUID.randomUUID() + "/announcement", operator, "")
                .isProblem(404, "not-found");
        api.call("DELETE", "/v1/broadcasts/nonsense/announcement", operator, "").isProblem(400, "malformed");
        assertThat(acts(id)).isEmpty();
    }

    private List<String> acts(UUID id) {
        return api
                .bean(AuditLog.class)
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
}
