package io.belfry.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.api.Answer;
import io.belfry.api.ApiNode;
import io.belfry.core.access.Scope;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two nodes that share a limit of 200 events in an hour.
class RateLimitsTest {
    private static final String EVENT = "{\"type\":\"limit.test\",\"recipients\":[\"limit-ana\"]}";
    private static final Map<String, Object> LIMIT =
            Map.of("belfry.rate-limit.events", 200, "belfry.rate-limit.window", "1h", "belfry.rate-limit.blocks", 20);

    @Test
    void nodesShareWhatAKeyMaySend() {
        TestDatabase database = PostgresExtension.newDatabase("limits");
        String redis = RedisExtension.server().url();
        try (ApiNode one = ApiNode.start(database, redis, LIMIT);
                ApiNode other = ApiNode.start(database, redis, LIMIT)) {
            String key = one.key(Scope.EVENTS_WRITE);
            other.get("/v1/inbox", "").is(401);
            Answer first = one.call("POST", "/v1/events", key, EVENT).is(202);
            assertThat(first.header("RateLimit-Limit")).contains("200");
            assertThat(first.header("RateLimit-Remaining")).contains("199");
            assertThat(Long.parseLong(first.header("RateLimit-Reset").orElseThrow()))
                    .isBetween(1L, 3600L);

            List<Integer> statuses = IntStream.range(0, 300)
                    .mapToObj(i -> List.of(one, other)
                            .get(i % 2)
                            .call("POST", "/v1/events", key, EVENT)
                            .status())
                    .toList();

            // Beyond the limit by what comes while a block is on its way (at most a block a node, unless Redis takes
            // as long as a dozen requests), and short of it by what a node took and did not use.
            assertThat(statuses.stream().filter(status -> status == 202).count())
                    .isBetween(180L, 220L);
            Answer refused = one.call("POST", "/v1/events", key, EVENT).isProblem(429, "rate-limited");
            assertThat(refused.header("Retry-After")).isEqualTo(refused.header("RateLimit-Reset"));
            one.call("POST", "/v1/events:batch", key, "[" + EVENT + "," + EVENT + "]")
                    .isProblem(429, "rate-limited");
            // Each key has its own.
            one.call("POST", "/v1/events:batch", one.key(Scope.EVENTS_WRITE), "[" + EVENT + "," + EVENT + "]")
                    .is(202);
            assertThat(one.call("POST", "/v1/events", "", EVENT).is(401).header("RateLimit-Limit"))
                    .isEmpty();
        }
    }
}
