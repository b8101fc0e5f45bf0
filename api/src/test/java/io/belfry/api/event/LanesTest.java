package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What waits; no dispatcher runs here that would take it away.
@ExtendWith(ApiExtension.class)
class LanesTest {
    private final ApiNode api;

    LanesTest(ApiNode api) {
        this.api = api;
    }

    private JsonNode bulk() {
        JsonNode lanes =
                api.get("/v1/lanes", api.key(Scope.EVENTS_READ)).is(200).json().path("lanes");
        assertThat(lanes.findValuesAsText("priority")).containsExactly("critical", "high", "normal", "bulk");
        return lanes.get(3);
    }

    @Test
    void tellsWhatWaitsAndForHowLong() {
        String event = "{\"type\":\"lanes.test\",\"recipients\":[\"la-%d\"],\"priority\":\"bulk\"}";
        String sender = api.key(Scope.EVENTS_WRITE);
        long before = bulk().path("events").asLong();
        for (int i = 0; i < 3; i++) {
            api.call("POST", "/v1/events", sender, event.formatted(i)).is(202);
        }

        JsonNode bulk = bulk();

        assertThat(bulk.path("events").asLong()).isEqualTo(before + 3);
        assertThat(bulk.path("exact").asBoolean()).isTrue();
        assertThat(bulk.path("oldest").asText()).isNotEmpty();
        assertThat(bulk().path("lagMillis").asLong())
                .isGreaterThanOrEqualTo(bulk.path("lagMillis").asLong());
        api.get("/v1/lanes", sender).isProblem(403, "forbidden");
    }
}
