package io.belfry.api.stop;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class StopsTest {
    private final ApiNode api;
    private final String operator;

    StopsTest(ApiNode api) {
        this.api = api;
        this.operator = api.key(Scope.STOPS_WRITE);
    }

    private List<String> stopped() {
        return api.get("/v1/stops", operator).is(200).json().path("stops").findValuesAsText("target");
    }

    @Test
    void stopsOnceAndTellsWhoAndWhy() {
        JsonNode first = api.call("PUT", "/v1/stops/category:news", operator, "{\"reason\":\"Wrong prices\"}")
                .is(200)
                .json();
        JsonNode again = api.call("PUT", "/v1/stops/category:news", operator, "{\"reason\":\"Other\"}")
                .is(200)
                .json();

        assertThat(first.path("by").asText()).isEqualTo("API key test");
        assertThat(again).isEqualTo(first);
        assertThat(stopped()).contains("category:news");

        api.call("DELETE", "/v1/stops/category:news?held=release", operator, "").is(200);
        api.call("DELETE", "/v1/stops/category:news?held=release", operator, "").isProblem(404, "not-found");
        assertThat(stopped()).doesNotContain("category:news");
    }

    @Test
    void everyActIsInTheAuditLog() {
        api.call("PUT", "/v1/stops/bulk", operator, "{\"reason\":\"A loop\"}").is(200);
        api.call("PUT", "/v1/stops/bulk", operator, "{}").is(200);
        api.call("DELETE", "/v1/stops/bulk?held=discard", operator, "").is(200);

        List<AuditEntry> entries = api.bean(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.of("API key test"),
                        Optional.of("stop."),
                        Optional.of("bulk"),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        10));
        assertThat(entries).extracting(AuditEntry::action).containsExactly("stop.discard", "stop.set");
        assertThat(entries.getLast().detail()).containsEntry("reason", "A loop");
        assertThat(entries.getLast().address()).isPresent();
    }

    @Test
    void whatCannotBeStoppedIsNotThere() {
        api.call("PUT", "/v1/stops/everything", operator, "{}").isProblem(404, "not-found");
        api.call("PUT", "/v1/stops/category:none", operator, "{}").isProblem(404, "not-found");
        api.call("PUT", "/v1/stops/push", operator, "{\"reason\":\"" + "x".repeat(501) + "\"}")
                .isProblem(422, "invalid");
        api.call("DELETE", "/v1/stops/push?held=forget", operator, "").isProblem(422, "invalid");
        api.call("PUT", "/v1/stops/push", api.key(Scope.EVENTS_WRITE), "{}").isProblem(403, "forbidden");
    }
}
