package io.belfry.api.kafka;

import io.belfry.api.problem.Problem;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Records that will never be accepted as they are, kept beside their topic with the reason. Thread-safe; blocks until
/// Kafka has them.
@Singleton
@Requires(property = "belfry.kafka.servers", pattern = ".+")
class DeadRecords {
    static final String REASON = "belfry-reason";
    static final String PLACE = "belfry-place";
    private static final Logger LOG = LoggerFactory.getLogger(DeadRecords.class);
    private static final int PATIENCE_SECONDS = 30;

    private final Producer<byte[], byte[]> producer;
    private final KafkaSettings settings;
    private final JsonMapper json;

    DeadRecords(KafkaSettings settings, JsonMapper json) {
        this.producer = new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        this.settings = settings;
        this.json = json;
    }

    /// Copies a record, with its key and headers, to the topic of dead ones.
    ///
    /// @param problem goes into the header `belfry-reason`, as an API caller would have been answered
    /// @return whether Kafka has it
    boolean bury(ConsumerRecord<byte[], byte[]> one, Problem problem) {
        String place = one.topic() + " " + one.partition() + " " + one.offset();
        var copy =
                new ProducerRecord<>(one.topic() + settings.deadSuffix(), null, one.key(), one.value(), one.headers());
        copy.headers().add(REASON, reason(problem));
        copy.headers().add(PLACE, place.getBytes(StandardCharsets.UTF_8));
        try {
            producer.send(copy).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            LOG.warn("Kafka's record {} is refused: {} {}", place, problem.title(), problem.errors());
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.warn("Kafka's record {} is refused, and {} does not take it: {}", place, copy.topic(), e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private byte[] reason(Problem problem) {
        try {
            return json.writeValueAsBytes(problem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @PreDestroy
    void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
