package io.belfry.api.kafka;

import io.belfry.api.event.BrokerEvents;
import io.belfry.api.problem.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes events from Kafka. What was polled is committed there once all of it is durable here, or lies in the topic
/// of dead records with the reason; whatever dies in between makes Kafka bring it again, and the idempotency keys
/// make that harmless. While nothing can be stored a consumer holds on to what it has: if that takes longer than
/// `max.poll.interval.ms`, another one of the group gets it too, which is as harmless. One thread a consumer.
@Context
@Requires(property = "belfry.kafka.servers", pattern = ".+")
final class KafkaEvents {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEvents.class);
    /// How long a stop may have to wait for a consumer to which nothing comes.
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final BrokerEvents events;
    private final DeadRecords dead;
    private final KafkaSettings settings;
    private final Counter stored;
    private final Counter replayed;
    private final Counter refused;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    KafkaEvents(BrokerEvents events, DeadRecords dead, KafkaSettings settings, MeterRegistry metrics) {
        this.events = events;
        this.dead = dead;
        this.settings = settings;
        this.stored = counter(metrics, "stored");
        this.replayed = counter(metrics, "replayed");
        this.refused = counter(metrics, "refused");
    }

    private static Counter counter(MeterRegistry metrics, String result) {
        return Counter.builder("belfry.kafka.records")
                .description("Records taken from Kafka, by what became of them")
                .tag("result", result)
                .register(metrics);
    }

    @PostConstruct
    void start() {
        for (int i = 0; i < settings.threads(); i++) {
            threads.add(Thread.ofPlatform().name("kafka-events-" + i).daemon().start(this::consume));
        }
    }

    private void consume() {
        try {
            do {
                consumeUntilItFails();
            } while (!isStoppingWithin(settings.retryEvery()));
        } catch (InterruptedException e) {
            LOG.debug("Interrupted: what is not committed is brought again");
        }
    }

    private void consumeUntilItFails() throws InterruptedException {
        try (var consumer =
                new KafkaConsumer<>(settings.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(settings.topics());
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    settle(records, consumer);
                }
            }
        } catch (KafkaException e) {
            LOG.warn("Nothing is taken from Kafka, again in {}: {}", settings.retryEvery(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("What Kafka brought was not settled, again in {}", settings.retryEvery(), e);
        }
    }

    private void settle(ConsumerRecords<byte[], byte[]> records, Consumer<byte[], byte[]> consumer)
            throws InterruptedException {
        for (String topic : settings.topics()) {
            var open = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            records.records(topic).forEach(open::add);
            while (!open.isEmpty()) {
                open = settle(topic, open);
                if (!open.isEmpty() && isStoppingWithin(settings.retryEvery())) {
                    return;
                }
            }
        }
        consumer.commitSync();
    }

    /// @return what is to be tried again, in its order
    private ArrayList<ConsumerRecord<byte[], byte[]>> settle(String topic, List<ConsumerRecord<byte[], byte[]>> open) {
        var source = new BrokerEvents.Source(source(topic), settings.mayAddressEveryone());
        List<BrokerEvents.Result> results = events.receive(
                        source, open.stream().map(RecordReader::message).toList())
                .join();
        var left = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (int i = 0; i < results.size(); i++) {
            ConsumerRecord<byte[], byte[]> one = open.get(i);
            switch (results.get(i)) {
                case BrokerEvents.Result.Stored(UUID event, boolean isReplay) ->
                    (isReplay ? replayed : stored).increment();
                case BrokerEvents.Result.Refused(Problem problem) when dead.bury(one, problem) -> refused.increment();
                case BrokerEvents.Result.Refused _, BrokerEvents.Result.Unsettled _ -> left.add(one);
            }
        }
        return left;
    }

    /// Stands for whoever may write to the topic, where events name their API key.
    static UUID source(String topic) {
        return UUID.nameUUIDFromBytes(("kafka:" + topic).getBytes(StandardCharsets.UTF_8));
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private boolean isStoppingWithin(Duration time) throws InterruptedException {
        return stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
            }
        }
    }
}
