/// Events that services write to Kafka instead of posting them. Only with `belfry.kafka.servers`.
package io.belfry.api.kafka;
