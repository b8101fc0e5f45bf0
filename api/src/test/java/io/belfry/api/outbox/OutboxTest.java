package io.belfry.api.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.belfry.api.ApiNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.micronaut.context.exceptions.NoSuchBeanException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Events that services wrote beside their own data. Two nodes look for them.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutboxTest {
    private static final Map<String, Object> ON =
            Map.of("belfry.outbox.enabled", true, "belfry.outbox.every", "20ms", "belfry.outbox.page", 7);

    private final TestDatabase database;
    private final RedisServer redis;
    private ApiNode one;
    private ApiNode other;
    private Jdbi jdbi;

    OutboxTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @BeforeAll
    void start() {
        one = ApiNode.start(database, redis.url(), ON);
        other = ApiNode.start(database, redis.url(), ON);
        jdbi = one.jdbi();
    }

    @AfterAll
    void stop() {
        one.close();
        other.close();
    }

    private static String event(String type, int n) {
        return "{\"type\":\"%s\",\"recipients\":[\"ana\"],\"data\":{\"n\":%d}}".formatted(type, n);
    }

    private static void add(Handle h, String event) {
        h.execute("insert into outbox (event) values (?::json)", event);
    }

    private List<Integer> stored(String type) {
        return jdbi.withHandle(
                h -> h.createQuery("""
                                select (e.data ->> 'n')::int from events e join pending_events p on p.event_id = e.id
                                where e.type = :type order by p.seq
                                """).bind("type", type).mapTo(Integer.class).list());
    }

    private void awaitEmpty() {
        await().until(() -> jdbi.withHandle(h ->
                h.createQuery("select count(*) from outbox").mapTo(int.class).one() == 0));
    }

    @Test
    void eventsComeInTheirOrderAndEachOnce() {
        jdbi.useTransaction(h -> IntStream.range(0, 100).forEach(n -> add(h, event("outbox.order", n))));
        awaitEmpty();
        assertThat(stored("outbox.order"))
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void whatIsRolledBackNeverWasAndWhatCommitsLateIsNotMissed() {
        try (Handle late = jdbi.open()) {
            late.begin();
            add(late, event("outbox.late", 1));
            jdbi.useHandle(h -> add(h, event("outbox.late", 2)));
            try (Handle never = jdbi.open()) {
                never.begin();
                add(never, event("outbox.late", 3));
                never.rollback();
            }
            await().until(() -> stored("outbox.late").equals(List.of(2)));
            late.commit();
        }
        await().until(() -> stored("outbox.late").equals(List.of(2, 1)));
    }

    @Test
    void aRowWhoseNodeDiedBeforeItWasRemovedIsTakenAgainForNothing() {
        String again = """
                insert into outbox (id, event, added_at) overriding system value
                values (1000000, ?::json, '2026-11-25T01:02:03.000004Z')
                """;
        jdbi.useHandle(h -> h.execute(again, event("outbox.again", 1)));
        awaitEmpty();
        jdbi.useHandle(h -> h.execute(again, event("outbox.again", 1)));
        awaitEmpty();
        assertThat(stored("outbox.again")).containsExactly(1);
    }

    @Test
    void aKeyIsHeededAndAnotherEventUnderItIsRefused() {
        jdbi.useHandle(h -> {
            String keyed = "insert into outbox (event, key) values (?::json, 'order-42')";
            h.execute(keyed, event("outbox.keyed", 1));
            h.execute(keyed, event("outbox.keyed", 1));
            h.execute(keyed, event("outbox.keyed", 2));
        });
        awaitEmpty();
        assertThat(stored("outbox.keyed")).containsExactly(1);
        assertThat(refusals("order-42")).singleElement().asString().contains("422");
    }

    private List<String> refusals(String key) {
        return jdbi.withHandle(h -> h.createQuery("select reason::text from outbox_refused where key = :key")
                .bind("key", key)
                .mapTo(String.class)
                .list());
    }

    @Test
    void whatIsWrongIsSetAsideWithTheReasonAndTheOthersGoOn() {
        jdbi.useHandle(h -> {
            h.execute(
                    "insert into outbox (event, key) values ('{\"type\":\"outbox.wrong\",\"recipients\":[]}', 'nobody')");
            h.execute("insert into outbox (event, key) values ('[1]', 'no-object')");
            h.execute("insert into outbox (event, key) values"
                    + " ('{\"type\":\"outbox.wrong\",\"everyone\":true,\"data\":{}}', 'all')");
            add(h, event("outbox.wrong", 5));
        });
        awaitEmpty();
        assertThat(stored("outbox.wrong")).containsExactly(5);
        assertThat(refusals("nobody")).singleElement().asString().contains("/recipients");
        assertThat(refusals("no-object")).singleElement().asString().contains("\"status\":4");
        assertThat(refusals("all")).singleElement().asString().contains("/everyone");
    }

    @Test
    void cloudEventsAreTakenTooByTheirOwnKey() {
        jdbi.useHandle(h -> {
            for (int i = 0; i < 2; i++) {
                h.execute("""
                        insert into outbox (event, content_type) values ('{"specversion":"1.0","id":"7","source":"/shop",
                            "type":"outbox.cloud","recipients":"ana","data":{"n":7}}', 'application/cloudevents+json')
                        """);
            }
        });
        awaitEmpty();
        assertThat(stored("outbox.cloud")).containsExactly(7);
    }

    @Test
    void theTableItselfRefusesWhatIsNoJsonOrTooLarge() {
        assertThatThrownBy(() -> jdbi.useHandle(h -> add(h, "{")))
                .hasMessageContaining("invalid input syntax for type json");
        String large = event("outbox.large", 1).replace("}}", ",\"x\":\"" + "x".repeat(262_144) + "\"}}");
        assertThatThrownBy(() -> jdbi.useHandle(h -> add(h, large))).hasMessageContaining("outbox_event_check");
    }

    @Test
    void aServiceThatMayDoNothingElseMayInsert() {
        jdbi.useTransaction(h -> {
            h.execute("create role outbox_writer");
            h.execute("grant insert on outbox to outbox_writer");
            h.execute("set local role outbox_writer");
            add(h, event("outbox.granted", 1));
        });
        await().until(() -> stored("outbox.granted").equals(List.of(1)));
        jdbi.useTransaction(h -> {
            h.execute("set local role outbox_writer");
            assertThatThrownBy(() -> h.execute("select * from outbox")).hasMessageContaining("permission denied");
            h.rollback();
        });
        jdbi.useHandle(h -> h.execute("drop owned by outbox_writer; drop role outbox_writer"));
    }

    @Test
    void nobodyLooksUnlessToldTo() {
        try (ApiNode off = ApiNode.start(database, redis.url(), Map.of())) {
            assertThatThrownBy(() -> off.bean(OutboxEvents.class)).isInstanceOf(NoSuchBeanException.class);
        }
    }
}
