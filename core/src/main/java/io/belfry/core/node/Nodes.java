package io.belfry.core.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.redis.RedisLink;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.env.Environment;
import jakarta.annotation.PreDestroy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running nodes, by their heartbeats in one Redis hash. Every process writes its figures; the console adds them
/// up. Thread-safe; [#list] blocks on Redis.
@Context
public class Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "bf:nodes";
    private static final Set<String> ROLES = Set.of("api", "dispatcher", "gateway", "console");
    private static final int MISSED = 5;
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final RedisLink<StatefulRedisConnection<String, String>> link;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("node-heartbeat").factory());
    private final NodeSettings settings;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final String name;
    private final Instant startedAt;
    private final Set<String> roles;
    private final History history;

    public Nodes(
            RedisClient redis, NodeSettings settings, MeterRegistry metrics, Clock clock, Environment environment) {
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.name = settings.name() == null || settings.name().isBlank() ? defaultName() : settings.name();
        this.startedAt = clock.instant();
        this.roles = new HashSet<>(environment.getActiveNames());
        roles.retainAll(ROLES);
        this.history = new History(settings.historyLasts());
        this.link = new RedisLink<>("nodes", redis::connect, c -> {});
        long every = settings.heartbeatEvery().toMillis();
        heart.scheduleWithFixedDelay(this::beat, every / 4, every, TimeUnit.MILLISECONDS);
    }

    /// This process' own name.
    public String name() {
        return name;
    }

    /// The nodes that are alive, by name; none while Redis is away.
    public List<Node> list() {
        if (!link.isOpen()) {
            return List.of();
        }
        Instant since = clock.instant().minus(settings.heartbeatEvery().multipliedBy(MISSED));
        var alive = new ArrayList<Node>();
        try {
            link.get().orElseThrow().sync().hgetall(KEY).forEach((node, json) -> alive.add(read(node, json)));
        } catch (RedisException e) {
            LOG.debug("nodes could not be listed: {}", e.getMessage());
            return List.of();
        }
        forget(alive.stream()
                .filter(node -> node.seenAt().isBefore(clock.instant().minus(FORGOTTEN)))
                .map(Node::name)
                .toArray(String[]::new));
        alive.removeIf(node -> node.seenAt().isBefore(since));
        alive.sort(Comparator.comparing(Node::name));
        return alive;
    }

    /// A node that was killed leaves its figures behind.
    private void forget(String[] gone) {
        if (gone.length > 0) {
            link.get().ifPresent(connection -> connection.async().hdel(KEY, gone));
        }
    }

    /// What all nodes did by the minute: those minutes in which one was there, oldest first. None while Redis is away.
    public List<Minute> history(Instant from, Instant to) {
        if (!link.isOpen()) {
            return List.of();
        }
        try {
            return History.read(link.get().orElseThrow().sync(), from, to);
        } catch (RedisException e) {
            LOG.debug("the history could not be read: {}", e.getMessage());
            return List.of();
        }
    }

    private void beat() {
        try {
            ObjectNode figures = figures();
            history.count(clock.instant(), asMap(figures));
            var connection = link.open();
            if (connection.isPresent()) {
                connection.get().sync().hset(KEY, name, write(figures));
                history.tell(connection.get().sync());
            }
        } catch (RuntimeException e) {
            LOG.debug("heartbeat not written: {}", e.getMessage());
        }
    }

    private String write(ObjectNode figures) {
        ObjectNode node = JSON.createObjectNode();
        node.put("startedAt", startedAt.toEpochMilli()).put("seenAt", clock.millis());
        roles.forEach(node.putArray("roles")::add);
        node.set("figures", figures);
        return node.toString();
    }

    private ObjectNode figures() {
        ObjectNode figures = JSON.createObjectNode();
        for (Meter meter : metrics.getMeters()) {
            if (meter.getId().getName().startsWith("belfry.")) {
                add(figures, meter);
            }
        }
        return figures;
    }

    private static Map<String, Double> asMap(JsonNode figures) {
        Map<String, Double> map = new HashMap<>();
        figures.properties().forEach(f -> map.put(f.getKey(), f.getValue().asDouble()));
        return map;
    }

    /// Figures that differ only in their tags are added up under one name, and kept apart under `name{value,…}`.
    private static void add(ObjectNode figures, Meter meter) {
        String name = meter.getId().getName();
        String tags = String.join(
                ",", meter.getId().getTags().stream().map(t -> t.getValue()).toList());
        meter.measure().forEach(m -> {
            if (m.getStatistic() == Statistic.COUNT || m.getStatistic() == Statistic.VALUE) {
                figures.put(name, figures.path(name).asDouble() + m.getValue());
                if (!tags.isEmpty()) {
                    figures.put(name + "{" + tags + "}", m.getValue());
                }
            }
        });
    }

    private static Node read(String name, String json) {
        try {
            JsonNode node = JSON.readTree(json);
            var roles = new HashSet<String>();
            node.path("roles").forEach(role -> roles.add(role.asText()));
            return new Node(
                    name,
                    roles,
                    Instant.ofEpochMilli(node.path("startedAt").asLong()),
                    Instant.ofEpochMilli(node.path("seenAt").asLong()),
                    asMap(node.path("figures")));
        } catch (JsonProcessingException e) {
            return new Node(name, Set.of(), Instant.EPOCH, Instant.EPOCH, Map.of());
        }
    }

    private static String defaultName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + "-" + ProcessHandle.current().pid();
    }

    @PreDestroy
    void close() {
        heart.shutdownNow();
        link.open().ifPresent(c -> c.async().hdel(KEY, name));
        link.close();
    }
}
