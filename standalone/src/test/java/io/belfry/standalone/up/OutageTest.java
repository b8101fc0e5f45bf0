package io.belfry.standalone.up;

import static io.belfry.standalone.up.Caller.event;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.standalone.Invocation;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a service and an app notice when a server behind Belfry is away: all roles in one process, on servers that the
/// test stops and starts.
class OutageTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final Path scratch;
    private final List<String> sent = new ArrayList<>();

    OutageTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    /// One story, since each start costs seconds.
    @Test
    void whatWasAcceptedArrivesOnceTheServersAreBack() throws Exception {
        Path postgresHome = scratch.resolve("postgres");
        Path redisHome = scratch.resolve("redis");
        PostgresServer postgres = PostgresServer.start(postgresHome, 0);
        RedisServer redis = RedisServer.start(redisHome, 0);
        try (BelfryProcess belfry = onServers(postgres, redis)) {
            Caller caller = caller(belfry.awaitReady(), postgres, redis);
            try (CentrifugeClient app = caller.app("alice", "laptop").connect()) {
                accepts(caller, "before");
                app.await("the live copy", () -> Caller.texts(app).equals(sent));

                redis.close();
                accepts(caller, "without Redis 1");
                accepts(caller, "without Redis 2");
                await().atMost(20, SECONDS).until(() -> caller.texts("alice").size() == 3);
                redis = RedisServer.start(redisHome, redis.port());
                app.await("what came without Redis", () -> Caller.texts(app).equals(sent));
                accepts(caller, "with Redis again");
                app.await("a live copy again", () -> Caller.texts(app).equals(sent));

                postgres.close();
                refusesForNow(caller.post(event("outage", "alice", "refused")));
                refusesForNow(caller.get("/v1/inbox", caller.token("alice")));
                postgres = PostgresServer.start(postgresHome, postgres.port());
                await().atMost(10, SECONDS)
                        .until(() ->
                                caller.get("/v1/inbox", caller.token("alice")).statusCode() == 200);
                accepts(caller, "with PostgreSQL again");
                app.await("a live copy after all", () -> Caller.texts(app).equals(sent));
            }
            assertThat(caller.texts("alice")).isEqualTo(sent.reversed());
        } finally {
            redis.close();
            postgres.close();
        }
    }

    private void accepts(Caller caller, String text) throws Exception {
        assertThat(caller.post(event("outage", "alice", text)).statusCode()).isEqualTo(202);
        sent.add(text);
    }

    private static void refusesForNow(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(Caller.type(answer)).isEqualTo("/problems/unavailable");
    }

    private BelfryProcess onServers(PostgresServer postgres, RedisServer redis) throws Exception {
        Map<String, String> environment =
                Map.of("DATABASE_URL", postgres.url(), "REDIS_URI", redis.url(), "BELFRY_JWT_SECRET", SECRET);
        return BelfryProcess.start(scratch, environment, "--port", "0", "--host", "127.0.0.1");
    }

    /// With an API key and a user's token made as an administrator makes them.
    private Caller caller(JsonNode info, PostgresServer postgres, RedisServer redis) throws Exception {
        var running = new DemoCredentials.Running(info.path("url").asText(), null, postgres.url(), redis.url());
        new CredentialsFile(scratch)
                .write(new DemoCredentials(
                        SECRET, "none", new DemoCredentials.Operator("nobody", "none"), List.of(), running));
        ObjectNode all = info.deepCopy();
        all.put("apiKey", printed("key", "create", "outages", "--scopes", "events:write"));
        all.putArray("users").addObject().put("id", "alice").put("token", printed("token", "alice"));
        return new Caller(all);
    }

    private String printed(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--demo", scratch.toString()));
        Invocation run = Invocation.of(all.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        return run.out().strip();
    }
}
