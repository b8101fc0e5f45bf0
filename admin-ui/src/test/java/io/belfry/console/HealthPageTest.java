package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.Role;
import io.belfry.core.node.Nodes;
import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class HealthPageTest {
    private final Console console;

    HealthPageTest(Console console) {
        this.console = console;
    }

    private String state(String page, String dependency) {
        int from = page.indexOf("id=\"dependency-" + dependency + "\"");
        return page.substring(from, page.indexOf("</li>", from));
    }

    @Test
    void everyDependencyTellsItsState() {
        String self = console.get(Nodes.class).name();
        await().atMost(Duration.ofSeconds(20)).until(() -> console.get(Nodes.class).list().stream()
                .anyMatch(node -> node.name().equals(self)));
        String page = console.signedIn(Role.VIEWER).get("/console/health").body();
        assertThat(state(page, "postgresql")).contains(">up<", "Version 18", "connections in use");
        assertThat(state(page, "redis")).contains(">up<", "answered in");
        assertThat(state(page, "feeds")).contains(">unknown<");
        assertThat(state(page, "firebase")).contains(">off<");
        assertThat(state(page, "kafka")).contains(">off<");
        assertThat(page).contains(self, "this one", "Database schema", "about ", "notifications");
    }

    @Test
    void whatOtherNodesToldIsTold() {
        tell("a-gateway", "gateway", "\"belfry.gateway.feed.troubles\":1");
        tell("a-dispatcher", "dispatcher", "\"belfry.push.credentials\":-1");
        tell("an-api", "api", "\"belfry.kafka.records\":7,\"belfry.kafka.records{stored}\":6");
        try {
            String page = console.signedIn(Role.VIEWER).get("/console/health").body();
            assertThat(state(page, "feeds")).contains(">troubled<", "a-gateway");
            assertThat(state(page, "firebase")).contains(">refused<");
            assertThat(state(page, "kafka")).contains(">on<", "6 stored");
        } finally {
            forget("a-gateway", "a-dispatcher", "an-api");
        }
    }

    private void tell(String node, String role, String figures) {
        long now = Instant.now().toEpochMilli();
        try (RedisClient redis = RedisClient.create(RedisExtension.server().url());
                var connection = redis.connect()) {
            connection
                    .sync()
                    .hset(
                            "bf:nodes",
                            node,
                            "{\"startedAt\":" + now + ",\"seenAt\":" + now + ",\"roles\":[\"" + role
                                    + "\"],\"figures\":{" + figures + "}}");
        }
    }

    private void forget(String... nodes) {
        try (RedisClient redis = RedisClient.create(RedisExtension.server().url());
                var connection = redis.connect()) {
            connection.sync().hdel("bf:nodes", nodes);
        }
    }

    @Test
    void settingsAreForAdminsAndHoldNoSecret() {
        assertThat(console.signedIn(Role.BROADCASTER).get("/console/health").body())
                .doesNotContain("Settings of this process");
        try (Console keyed = ConsoleExtension.another(
                console,
                Map.of(
                        "belfry.operators.secrets-key",
                        "never-show-this",
                        "belfry.tokens.secret",
                        "nor-this-nor-this-nor-this-nor-this"))) {
            String page = keyed.signedIn(Role.ADMIN).get("/console/health").body();
            assertThat(page)
                    .contains("belfry.operators", "max-failures", "secrets-key", "set, not shown", "PT10M")
                    .doesNotContain("never-show-this")
                    .doesNotContain("nor-this");
        }
    }
}
