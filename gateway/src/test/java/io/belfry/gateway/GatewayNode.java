package io.belfry.gateway;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.belfry.core.feed.Feeds;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import io.belfry.testkit.websocket.RawWebSocket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/// A gateway of the test's own, on a free port, with real PostgreSQL and Redis behind it.
final class GatewayNode implements AutoCloseable {
    static final String SECRET = "a secret that only tests know, 32+";

    private final ApplicationContext context;
    private final EmbeddedServer server;
    private final Inbound inbound;

    private GatewayNode(ApplicationContext context) {
        this.context = context;
        this.server = context.getBean(EmbeddedServer.class).start();
        this.inbound = new Inbound(context);
    }

    static GatewayNode start(TestDatabase database, String redisUrl) {
        return start(database, redisUrl, Map.of());
    }

    /// Waits until Redis is heard and spoken to, lest the first publication be lost.
    private GatewayNode withRedis() {
        await().until(() -> bean(Feeds.class).isUp()
                && bean(FeedSubscriptions.class).troubles().isEmpty());
        return this;
    }

    static GatewayNode startWithoutRedis(TestDatabase database, String redisUrl, Map<String, Object> settings) {
        return new GatewayNode(ApplicationContext.run(complete(database, redisUrl, settings), "gateway"));
    }

    /// @param settings in addition to what the gateway needs, or instead
    static GatewayNode start(TestDatabase database, String redisUrl, Map<String, Object> settings) {
        return startWithoutRedis(database, redisUrl, settings).withRedis();
    }

    /// All settings of a node that is to be started.
    static Map<String, Object> complete(TestDatabase database, String redisUrl, Map<String, Object> settings) {
        var all = new HashMap<String, Object>(Map.of(
                "micronaut.server.port",
                -1,
                "micronaut.server.host",
                "127.0.0.1",
                "datasources.default.url",
                database.jdbcUrl(),
                "datasources.default.username",
                database.user(),
                "datasources.default.password",
                database.password(),
                "datasources.default.driver-class-name",
                "org.postgresql.Driver",
                "datasources.default.maximum-pool-size",
                8,
                "redis.uri",
                redisUrl,
                "belfry.tokens.secret",
                SECRET));
        all.put("belfry.gateway.recovery.gap-hold", "20ms");
        all.put("redis.health.enabled", false);
        all.put("endpoints.health.sensitive", false);
        all.put("endpoints.health.details-visible", "ANONYMOUS");
        all.put("micronaut.netty.event-loops.default.transport", "io_uring,epoll,nio");
        all.put("micronaut.netty.event-loops.parent.transport", "io_uring,epoll,nio");
        all.put("micronaut.netty.event-loops.parent.num-threads", 1);
        all.putAll(settings);
        return all;
    }

    /// @return the status of `/health/readiness`: 200 or 503
    int readiness() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/health/readiness"))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Calls the server API.
    ///
    /// @return the whole answer
    JsonNode api(String key, String method, String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/api/" + method))
                            .header("Content-Type", "application/json")
                            .header("X-API-Key", key)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return "ws://127.0.0.1:" + server.getPort() + GatewaySocket.PATH;
    }

    /// The same over TLS.
    String secureUrl() {
        return url().replace("ws:", "wss:");
    }

    int port() {
        return server.getPort();
    }

    /// Writes to inboxes and publishes, as a dispatcher would.
    Inbound inbound() {
        return inbound;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    String token(String user) {
        return token(user, Duration.ofHours(1));
    }

    String token(String user, Duration validFor) {
        return bean(UserTokens.class).mint(new UserId(user), validFor);
    }

    /// A token of the host's, with claims of any kind.
    static String sign(UnaryOperator<JWTClaimsSet.Builder> claims) {
        try {
            var jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    claims.apply(new JWTClaimsSet.Builder().audience("belfry")).build());
            jwt.sign(new MACSigner(SECRET));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One that lets a user into a channel, and tells others there a name.
    static String channelToken(String user, String channel, Duration validFor) {
        return sign(c -> c.subject(user)
                .claim("channel", channel)
                .claim("info", Map.of("name", "The " + user))
                .expirationTime(Date.from(Instant.now().plus(validFor))));
    }

    /// A raw socket that is not opened yet.
    RawWebSocket.Opening socket() {
        return RawWebSocket.to(port(), GatewaySocket.PATH);
    }

    /// The metric of that name, over all its tags.
    double count(String metric) {
        return bean(MeterRegistry.class).find("belfry.gateway." + metric).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /// The gauge of that name, over all its tags.
    double gauge(String metric) {
        return bean(MeterRegistry.class).find("belfry.gateway." + metric).gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
    }

    /// How many clients say that they are that SDK, and speak so.
    int clients(String sdk, String kind) {
        return (int) bean(MeterRegistry.class)
                .get("belfry.gateway.clients")
                .tags("sdk", sdk, "kind", kind)
                .gauge()
                .value();
    }

    /// How many connections were closed with that code.
    int closes(int code) {
        return (int) bean(MeterRegistry.class)
                .get("belfry.gateway.closes")
                .tag("code", Integer.toString(code))
                .counter()
                .count();
    }

    /// How often a limit was hit.
    int hits(Guard guard) {
        return (int) bean(MeterRegistry.class)
                .get("belfry.gateway.limits")
                .tag("limit", guard.setting())
                .counter()
                .count();
    }

    /// What waits in the process for a user's connections, in bytes, by connection.
    List<Long> outboundBytes(String user) {
        var bytes = new ConcurrentLinkedQueue<Long>();
        for (Loop loop : bean(Registry.class).loops()) {
            CompletableFuture.runAsync(
                            () -> loop.forEach(c -> {
                                if (c.session() != null && c.session().user().equals(user)) {
                                    bytes.add(c.channel()
                                            .unsafe()
                                            .outboundBuffer()
                                            .totalPendingWriteBytes());
                                }
                            }),
                            loop.executor)
                    .join();
        }
        return List.copyOf(bytes);
    }

    /// A client that is not connected yet.
    CentrifugeClient.Builder client(String user) {
        return CentrifugeClient.to(url()).token(token(user));
    }

    @Override
    public void close() {
        context.close();
    }
}
