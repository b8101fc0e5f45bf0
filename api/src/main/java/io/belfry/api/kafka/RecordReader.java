package io.belfry.api.kafka;

import io.belfry.api.event.BrokerEvents;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// What a record says, as the Kafka binding of CloudEvents 1.0.2 has it: attributes in headers named `ce_…`, the
/// content type in `content-type`. `idempotency-key` and `traceparent` are headers as in HTTP.
final class RecordReader {
    private static final String PREFIX = "ce_";
    private static final byte[] NOTHING = {};

    private RecordReader() {}

    static BrokerEvents.Message message(ConsumerRecord<byte[], byte[]> one) {
        Map<String, String> attributes = new TreeMap<>();
        for (Header header : one.headers()) {
            String name = header.key().toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX) && header.value() != null) {
                attributes.put(name.substring(PREFIX.length()), text(header));
            }
        }
        return new BrokerEvents.Message(
                one.value() == null ? NOTHING : one.value(),
                header(one, "content-type").orElse(""),
                attributes,
                header(one, "idempotency-key"),
                header(one, "traceparent"),
                // A topic that is made anew counts from 0 again, so that the time belongs to it.
                one.topic() + " " + one.partition() + " " + one.offset() + " " + one.timestamp());
    }

    private static Optional<String> header(ConsumerRecord<byte[], byte[]> one, String name) {
        return Optional.ofNullable(one.headers().lastHeader(name))
                .filter(header -> header.value() != null)
                .map(RecordReader::text);
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
