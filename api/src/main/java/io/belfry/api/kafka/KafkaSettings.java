package io.belfry.api.kafka;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import io.micronaut.core.naming.conventions.StringConvention;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How events are taken from Kafka (`belfry.kafka`).
///
/// @param servers brokers to begin with (`host:port`), separated by commas; without them nothing is taken from Kafka
/// @param topics that hold events
/// @param group the consumer group that all nodes share
/// @param threads consumers of this node; more than the topics have partitions are idle
/// @param deadSuffix what the name of a topic is followed by to name the one that gets its records that are refused for
///     good
/// @param mayAddressEveryone whether events from there may be for `everyone`
/// @param retryEvery how long it waits after events could not be stored, or Kafka failed
/// @param client everything else that Kafka's clients can be told, in their own terms, such as `security.protocol`
@ConfigurationProperties("belfry.kafka")
public record KafkaSettings(
        @Bindable(defaultValue = "") String servers,
        @Bindable(defaultValue = "belfry.events") List<String> topics,
        @Bindable(defaultValue = "belfry") String group,
        @Bindable(defaultValue = "1") @Min(1) @Max(64) int threads,
        @Bindable(defaultValue = ".dead") String deadSuffix,
        @Bindable(defaultValue = "false") boolean mayAddressEveryone,
        @Bindable(defaultValue = "1s") Duration retryEvery,

        @MapFormat(transformation = MapFormat.MapTransformation.FLAT, keyFormat = StringConvention.RAW)
        @Bindable(defaultValue = "")
        Map<String, String> client) {

    Map<String, Object> consumer() {
        Map<String, Object> all = common();
        all.put("group.id", group);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        return all;
    }

    Map<String, Object> producer() {
        Map<String, Object> all = common();
        all.put("acks", "all");
        return all;
    }

    private Map<String, Object> common() {
        Map<String, Object> all = new TreeMap<>(client);
        all.put("bootstrap.servers", servers);
        return all;
    }
}
