package io.belfry.console.health;

import io.belfry.core.node.Node;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// The state of what Belfry depends on: PostgreSQL and Redis as this node finds them, the others as the nodes that use
/// them told with their last heartbeat. Thread-safe; blocks on all of them.
@Singleton
final class Dependencies {
    private static final Pattern REDIS_VERSION = Pattern.compile("redis_version:(\\S+)");

    private final Jdbi jdbi;
    private final RedisClient redis;

    Dependencies(Jdbi jdbi, RedisClient redis) {
        this.jdbi = jdbi;
        this.redis = redis;
    }

    /// @param tone `good`, `warn`, `bad` or `mute`
    record State(String name, String tone, String word, String says) {}

    /// @param alive the nodes, as far as Redis tells
    List<State> look(List<Node> alive) {
        return List.of(postgres(), redis(), feeds(alive), firebase(alive), kafka(alive));
    }

    private State postgres() {
        long began = System.nanoTime();
        try {
            return jdbi.withHandle(h -> h.createQuery("""
                            select current_setting('server_version'), pg_is_in_recovery(),
                                   (select count(*) from pg_stat_activity where backend_type = 'client backend'),
                                   current_setting('max_connections')
                            """)
                    .map((row, c) -> row.getBoolean(2)
                            ? new State(
                                    "PostgreSQL",
                                    "bad",
                                    "read only",
                                    "It is a standby: nothing can be accepted. Is the address that of the primary?")
                            : new State(
                                    "PostgreSQL",
                                    "good",
                                    "up",
                                    "Version " + row.getString(1) + ", answered in " + millis(began) + ", "
                                            + row.getInt(3) + " of " + row.getString(4) + " connections in use."))
                    .one());
        } catch (JdbiException e) {
            return new State("PostgreSQL", "bad", "down", "It did not answer. Nothing is accepted without it.");
        }
    }

    private State redis() {
        long began = System.nanoTime();
        try (var connection = redis.connect()) {
            Matcher version = REDIS_VERSION.matcher(connection.sync().info("server"));
            return new State(
                    "Redis",
                    "good",
                    "up",
                    "Version " + (version.find() ? version.group(1) : "unknown") + ", connected and answered in "
                            + millis(began) + ".");
        } catch (RedisException e) {
            return new State(
                    "Redis", "bad", "down", "It did not answer. Nothing is lost, but everything live is seconds late.");
        }
    }

    private static State feeds(List<Node> alive) {
        List<Node> gateways =
                alive.stream().filter(node -> node.roles().contains("gateway")).toList();
        if (gateways.isEmpty()) {
            return new State("Feeds", "warn", "unknown", "No gateway shows itself.");
        }
        List<String> troubled = gateways.stream()
                .filter(node -> node.figure("belfry.gateway.feed.troubles") > 0)
                .map(Node::name)
                .toList();
        return troubled.isEmpty()
                ? new State("Feeds", "good", "up", all(gateways, "gateway") + " what Redis publishes.")
                : new State(
                        "Feeds",
                        "bad",
                        "troubled",
                        "Not what they should hear: " + String.join(", ", troubled)
                                + ". Their clients are caught up from the database, late.");
    }

    private static String all(List<Node> nodes, String what) {
        return nodes.size() == 1 ? "The " + what + " hears" : "All " + nodes.size() + " " + what + "s hear";
    }

    private static State firebase(List<Node> alive) {
        List<Node> pushing = alive.stream()
                .filter(node -> node.figures().containsKey("belfry.push.credentials"))
                .toList();
        if (pushing.isEmpty()) {
            return new State("Firebase", "mute", "off", "No dispatcher has credentials: pushes wait.");
        }
        double least = pushing.stream()
                .mapToDouble(node -> node.figure("belfry.push.credentials"))
                .min()
                .orElseThrow();
        String result = "Since the nodes started " + whole(pushing, "belfry.push.outcomes{accepted}") + " accepted, "
                + whole(pushing, "belfry.push.outcomes{rejected}") + " rejected.";
        if (least < 0) {
            return new State(
                    "Firebase",
                    "bad",
                    "refused",
                    "Google refused the service account, or could not be asked. " + result);
        }
        return least > 0
                ? new State("Firebase", "good", "accepted", "The credentials are good. " + result)
                : new State(
                        "Firebase", "mute", "not asked yet", "The first push tells whether the credentials are good.");
    }

    private static State kafka(List<Node> alive) {
        List<Node> reading = alive.stream()
                .filter(node -> node.figures().containsKey("belfry.kafka.records"))
                .toList();
        return reading.isEmpty()
                ? new State("Kafka", "mute", "off", "No api node takes events from Kafka.")
                : new State(
                        "Kafka",
                        "good",
                        "on",
                        "Taken since the nodes started: " + whole(reading, "belfry.kafka.records{stored}") + " stored, "
                                + whole(reading, "belfry.kafka.records{refused}") + " refused.");
    }

    private static String whole(List<Node> nodes, String figure) {
        return String.format(
                Locale.ENGLISH,
                "%,d",
                Math.round(
                        nodes.stream().mapToDouble(node -> node.figure(figure)).sum()));
    }

    private static String millis(long began) {
        return Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms";
    }
}
