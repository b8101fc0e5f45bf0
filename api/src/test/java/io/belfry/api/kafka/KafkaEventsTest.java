package io.belfry.api.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.api.ApiNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Events from a real broker. Each test has a topic and a group of its own.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaEventsTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private KafkaBroker broker;
    private Producer<byte[], byte[]> producer;

    KafkaEventsTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        broker = KafkaBroker.start(directory);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.address()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    void stop() {
        producer.close(Duration.ofSeconds(5));
        broker.close();
    }

    private ApiNode node(String topic, String... more) {
        var settings = new HashMap<String, Object>(Map.of(
                "belfry.kafka.servers",
                broker.address(),
                "belfry.kafka.topics",
                topic,
                "belfry.kafka.group",
                "group-of-" + topic,
                "belfry.kafka.retry-every",
                "100ms"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return ApiNode.start(database, redis.url(), settings);
    }

    private void send(String topic, String value, String... headers) throws ExecutionException, InterruptedException {
        var one = new ProducerRecord<>(topic, "ana".getBytes(UTF_8), value.getBytes(UTF_8));
        for (int i = 0; i < headers.length; i += 2) {
            one.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        producer.send(one).get();
    }

    private static String event(String type, String recipient) {
        return "{\"type\":\"%s\",\"recipients\":[\"%s\"],\"data\":{\"n\":1}}".formatted(type, recipient);
    }

    private static List<String> stored(ApiNode node, String type) {
        return node.jdbi().withHandle(h -> h.createQuery("""
                                select e.recipients[1] from events e join pending_events p on p.event_id = e.id
                                where e.type = :type order by p.seq
                                """)
                .bind("type", type)
                .mapTo(String.class)
                .list());
    }

    private void awaitCommitted(String topic, long records) {
        await().atMost(60, SECONDS).untilAsserted(() -> assertThat(broker.committed("group-of-" + topic, topic))
                .isEqualTo(records));
    }

    @Test
    void eventsOfAllFormsAreStoredInTheOrderOfTheirPartition() throws Exception {
        broker.create("forms");
        send("forms", event("kafka.forms", "a1"));
        send(
                "forms",
                "{\"n\":2}",
                "ce_specversion",
                "1.0",
                "ce_id",
                "7",
                "ce_source",
                "/shop",
                "ce_type",
                "kafka.forms",
                "ce_recipients",
                "a2",
                "content-type",
                "application/json");
        String structured = """
                {"specversion":"1.0","id":"8","source":"/shop","type":"kafka.forms","recipients":"a3","data":{"n":3}}""";
        send(
                "forms",
                structured,
                "content-type",
                "application/cloudevents+json; charset=utf-8",
                "idempotency-key",
                "what a CloudEvent has by itself");
        send("forms", event("kafka.forms", "a4"), "idempotency-key", "once");
        send("forms", event("kafka.forms", "a4"), "idempotency-key", "once");

        try (ApiNode node = node("forms")) {
            awaitCommitted("forms", 5);
            assertThat(stored(node, "kafka.forms")).containsExactly("a1", "a2", "a3", "a4");
        }
    }

    @Test
    void whatIsRefusedLiesInTheDeadTopicWithItsReasonAndHoldsNothingUp() throws Exception {
        broker.create("poison", "poison.dead");
        send("poison", "{\"type\":", "shop", "antwerp");
        send("poison", event("kafka.poison", "not a user!"));
        send("poison", "{\"type\":\"kafka.poison\",\"everyone\":true}");
        send("poison", event("kafka.poison", "p1"));

        try (ApiNode node = node("poison")) {
            awaitCommitted("poison", 4);
            assertThat(stored(node, "kafka.poison")).containsExactly("p1");
        }
        List<ConsumerRecord<byte[], byte[]>> dead = dead("poison.dead", 3);
        assertThat(dead)
                .extracting(one -> new String(one.value(), UTF_8))
                .first()
                .isEqualTo("{\"type\":");
        assertThat(dead).extracting(one -> new String(one.key(), UTF_8)).containsOnly("ana");
        assertThat(header(dead.get(0), "shop")).isEqualTo("antwerp");
        assertThat(header(dead.get(0), "belfry-reason")).contains("/problems/malformed");
        assertThat(header(dead.get(0), "belfry-place")).matches("poison [01] 0");
        assertThat(header(dead.get(1), "belfry-reason")).contains("/recipients/0");
        assertThat(header(dead.get(2), "belfry-reason")).contains("events:everyone");
    }

    private List<ConsumerRecord<byte[], byte[]>> dead(String topic, int count) {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.address(), "group.id", "reader", "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            await().atMost(30, SECONDS).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.size() >= count;
            });
        }
        return found;
    }

    private static String header(ConsumerRecord<byte[], byte[]> one, String name) {
        return new String(one.headers().lastHeader(name).value(), UTF_8);
    }

    /// The node ends between the commit here and the one there: Kafka brings everything again.
    @Test
    void whatIsBroughtAgainIsStoredOnce() throws Exception {
        broker.create("again");
        for (int i = 0; i < 20; i++) {
            send("again", event("kafka.again", "u" + i));
        }
        try (ApiNode node = node("again")) {
            awaitCommitted("again", 20);
            assertThat(stored(node, "kafka.again")).hasSize(20);
        }
        broker.admin().deleteConsumerGroups(List.of("group-of-again")).all().get();
        send("again", event("kafka.again", "last"));

        try (ApiNode node = node("again")) {
            awaitCommitted("again", 21);
            assertThat(stored(node, "kafka.again"))
                    .hasSize(21)
                    .doesNotHaveDuplicates()
                    .endsWith("last");
        }
    }

    @Test
    void nothingIsCommittedThereBeforeItIsHere() throws Exception {
        broker.create("locked");
        try (ApiNode node = node("locked");
                Handle other = node.jdbi().open()) {
            other.begin();
            other.execute("lock table pending_events in share mode");
            for (int i = 0; i < 5; i++) {
                send("locked", event("kafka.locked", "u" + i));
            }
            await().atMost(30, SECONDS)
                    .until(() -> node.jdbi().withHandle(h -> h.createQuery("""
                                            select count(*) from pg_stat_activity
                                            where wait_event_type = 'Lock' and query like '%idempotency_keys%'
                                            """)
                                    .mapTo(Integer.class)
                                    .one())
                            > 0);
            assertThat(broker.committed("group-of-locked", "locked")).isZero();

            other.commit();
            awaitCommitted("locked", 5);
            assertThat(stored(node, "kafka.locked")).hasSize(5);
        }
    }

    /// Another request is using the key, which is no reason to give the event up.
    @Test
    void whatCannotBeStoredNowIsTriedAgain() throws Exception {
        broker.create("held");
        send("held", event("kafka.held", "h1"), "idempotency-key", "mine");
        send("held", event("kafka.held", "h2"));
        try (Handle other = holder("mine");
                ApiNode node = node("held", "belfry.intake.in-flight-wait", "50ms")) {
            await().atMost(30, SECONDS).until(() -> stored(node, "kafka.held").equals(List.of("h2")));
            assertThat(broker.committed("group-of-held", "held")).isZero();

            other.rollback();
            awaitCommitted("held", 2);
            assertThat(stored(node, "kafka.held")).containsExactlyInAnyOrder("h1", "h2");
        }
    }

    /// A transaction that is just using a key.
    private Handle holder(String key) {
        Handle other = Jdbi.create(database.dataSource()).open();
        other.begin();
        other.execute(
                "insert into idempotency_keys (api_key_id, key, body_hash, event_id, accepted_at)"
                        + " values (?, ?, '', ?, now())",
                KafkaEvents.source("held"),
                key,
                new UUID(0, 1));
        return other;
    }
}
