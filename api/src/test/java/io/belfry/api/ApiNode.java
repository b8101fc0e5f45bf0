package io.belfry.api;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import io.belfry.testkit.TestDatabase;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;

/// The role api on a free port, with real PostgreSQL and Redis behind it.
public final class ApiNode implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Contract contract = new Contract();
    private final ApplicationContext context;
    private final EmbeddedServer server;

    private ApiNode(ApplicationContext context) {
        this.context = context;
        this.server = context.getBean(EmbeddedServer.class).start();
    }

    /// @param settings in addition to what the role needs, or instead
    public static ApiNode start(TestDatabase database, String redisUrl, Map<String, Object> settings) {
        var all = new HashMap<String, Object>(Map.of(
                "micronaut.server.port",
                -1,
                "micronaut.server.host",
                "127.0.0.1",
                "micronaut.server.max-request-size",
                "5MB",
                "datasources.default.url",
                database.jdbcUrl(),
                "datasources.default.username",
                database.user(),
                "datasources.default.password",
                database.password(),
                "datasources.default.maximum-pool-size",
                8,
                "micronaut.security.reject-not-found",
                false,
                "redis.uri",
                redisUrl,
                "belfry.tokens.secret",
                "a secret that only tests know, 32+"));
        all.put("micronaut.server.netty.request-decompression-enabled", false);
        all.putAll(settings);
        return new ApiNode(ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .environments("api")
                .properties(all)
                .start());
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /// What the API's document promises; every answer is held against it.
    Contract contract() {
        return contract;
    }

    public Jdbi jdbi() {
        return bean(Jdbi.class);
    }

    public URI uri(String path) {
        return server.getURI().resolve(path);
    }

    public int port() {
        return server.getPort();
    }

    /// A new API key.
    public String key(Scope... scopes) {
        return bean(ApiKeys.class).create("test", Set.of(scopes)).secret();
    }

    public String token(String user) {
        return bean(UserTokens.class).mint(new UserId(user), Duration.ofHours(1));
    }

    public Answer get(String path, String bearer) {
        return call("GET", path, bearer, "");
    }

    /// @param body JSON; none when it is empty
    /// @param headers names and values in turn
    public Answer call(String method, String path, String bearer, String body, String... headers) {
        return later(method, path, bearer, body, headers).join();
    }

    public CompletableFuture<Answer> later(String method, String path, String bearer, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        if (!body.isEmpty() && !Set.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(Answer::of)
                .thenApply(answer -> contract.check(method, path, answer));
    }

    @Override
    public void close() {
        http.close();
        context.close();
    }
}
