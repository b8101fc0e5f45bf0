package io.belfry.core.digest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.event.DigestRule;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Digests against a model of their windows that is simple enough to be believed: random events of several users, keys
/// and services at random times, digests ended now and then. Nothing is lost, told twice, or told to another.
@ExtendWith(PostgresExtension.class)
class DigestsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 80;
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    private final Connection connection;
    private final Jdbi jdbi;
    private final Digests digests;

    DigestsTest(TestDatabase database) throws SQLException {
        this.connection = database.dataSource().getConnection();
        this.jdbi = Jdbi.create(connection).installPlugin(new PostgresPlugin());
        this.digests = new Digests(jdbi);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private UUID event(UUID apiKey, Instant now, String data) {
        UUID id = EventId.mint(now);
        jdbi.useHandle(h -> h.execute(
                "insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)"
                        + " values (?, cast(? as timestamptz), ?, 'order.moved', 'general', 2, array['x'], cast(? as json))",
                id,
                now.toString(),
                apiKey,
                data));
        return id;
    }

    private void gather(Instant now, Digests.Item... items) {
        jdbi.useTransaction(h -> {
            try {
                digests.gather(h.getConnection(), List.of(items), now);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Digests.Item item(UUID event, String user, DigestRule rule) {
        return new Digests.Item(event, user, "general", Priority.NORMAL, rule);
    }

    /// What became an event of a run's own type: `user service key: events`, and how many it counts.
    private List<String> delivered(String type) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select e.recipients[1], e.api_key_id, e.data from events e join pending_events p on p.event_id = e.id"
                                + " where e.type = :type")
                .bind("type", type)
                .map((row, c) -> told(row.getString(1), row.getString(2), parse(row.getString(3))))
                .list());
    }

    private static String told(String user, String service, JsonNode data) {
        var events = new TreeSet<String>();
        data.path("items").forEach(item -> events.add(item.path("eventId").asText()));
        assertThat(data.path("count").asInt()).isEqualTo(events.size());
        return user + " " + service + " " + data.path("key").asText() + ": " + events;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// One open digest, as the rule tells it.
    private static final class Open {
        final Instant closes;
        Instant due;
        final TreeSet<String> events = new TreeSet<>();

        Open(Instant now, DigestRule rule) {
            closes = now.plus(rule.longest().orElse(rule.window()));
            due = now.plus(rule.window());
        }

        void add(UUID event, Instant now, DigestRule rule) {
            Instant extended = now.plus(rule.window());
            Instant possible = extended.isBefore(closes) ? extended : closes;
            due = possible.isAfter(due) ? possible : due;
            events.add(event.toString());
        }
    }

    static Stream<Long> seeds() {
        return Stream.concat(Stream.of(42L), new Random().longs(5).boxed());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyEventIsToldOnceWithThoseOfItsOwnWindow(long seed) {
        var random = new Random(seed);
        String type = "run." + seed;
        boolean slides = random.nextBoolean();
        var window = Duration.ofSeconds(10 + random.nextInt(20));
        Optional<Duration> longest = slides ? Optional.of(window.multipliedBy(3)) : Optional.empty();
        Map<String, Open> open = new HashMap<>();
        List<String> expected = new ArrayList<>();
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = now.plusSeconds(random.nextInt(15));
            if (random.nextInt(3) == 0) {
                end(open, expected, now);
                digests.endDue(now, 1000);
            } else {
                var items = new ArrayList<Digests.Item>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    var rule = new DigestRule(window, longest, Optional.of("k" + random.nextInt(2)), type);
                    var service = new UUID(0, random.nextInt(2));
                    String user = "u" + random.nextInt(3);
                    UUID event = event(service, now, "{\"n\":" + i + "}");
                    items.add(item(event, user, rule));
                    Instant at = now;
                    open.computeIfAbsent(user + " " + service + " " + rule.key().get(), key -> new Open(at, rule))
                            .add(event, now, rule);
                }
                gather(now, items.toArray(Digests.Item[]::new));
            }
        }
        end(open, expected, now.plus(Duration.ofDays(1)));
        digests.endDue(now.plus(Duration.ofDays(1)), 1000);

        assertThat(delivered(type)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(open).isEmpty();
    }

    private static void end(Map<String, Open> open, List<String> expected, Instant now) {
        open.entrySet().removeIf(entry -> {
            boolean isDue = !entry.getValue().due.isAfter(now);
            if (isDue) {
                expected.add(entry.getKey() + ": " + entry.getValue().events);
            }
            return isDue;
        });
    }

    @Test
    void showsTheNewestOfManyAndCountsAll() {
        var rule = new DigestRule(Duration.ofMinutes(1), Optional.empty(), Optional.empty(), "many.digest");
        var service = new UUID(0, 9);
        Instant now = START;
        for (int n = 0; n < 130; n++) {
            now = now.plusMillis(10);
            gather(now, item(event(service, now, "{\"n\":" + n + "}"), "many", rule));
        }
        digests.endDue(now.plus(Duration.ofHours(1)), 1000);

        JsonNode data = parse(jdbi.withHandle(h -> h.createQuery("select data from events where type = 'many.digest'")
                .mapTo(String.class)
                .one()));
        assertThat(data.path("count").asInt()).isEqualTo(130);
        assertThat(data.path("items")).hasSize(Digests.MAX_ITEMS);
        assertThat(data.at("/items/0/data/n").asInt()).isEqualTo(30);
        assertThat(data.at("/items/99/data/n").asInt()).isEqualTo(129);
    }

    @Test
    void whatIsTooLargeIsCountedAllTheSame() {
        var rule = new DigestRule(Duration.ofMinutes(1), Optional.empty(), Optional.empty(), "large.digest");
        var service = new UUID(0, 9);
        String large = "{\"text\":\"" + "x".repeat(60_000) + "\"}";
        gather(
                START,
                item(event(service, START, large), "large", rule),
                item(event(service, START.plusMillis(5), large), "large", rule));
        digests.endDue(START.plus(Duration.ofHours(1)), 1000);

        JsonNode data = parse(jdbi.withHandle(h -> h.createQuery("select data from events where type = 'large.digest'")
                .mapTo(String.class)
                .one()));
        assertThat(data.path("count").asInt()).isEqualTo(2);
        assertThat(data.path("items")).hasSize(1);
    }
}
