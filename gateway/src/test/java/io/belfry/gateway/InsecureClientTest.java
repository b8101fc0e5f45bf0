package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/// The mode for development, in which nobody needs a token.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class InsecureClientTest {
    private final TestDatabase database;
    private final RedisServer redis;

    InsecureClientTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @Test
    void anybodyMayDoAnythingAndTheLogShouts() {
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (Logger) LoggerFactory.getLogger(InsecureClients.class);
        logger.addAppender(log);
        try (GatewayNode node =
                        GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.insecure-client", true));
                CentrifugeClient sdk = CentrifugeClient.to(node.url()).start().connect();
                RawClient raw = RawClient.open(node)) {
            Awaitility.await().until(() -> !log.list.isEmpty());
            assertThat(log.list.getFirst().getLevel()).isEqualTo(Level.WARN);
            assertThat(log.list.getFirst().getFormattedMessage()).contains("INSECURE");

            raw.connect("{}");
            sdk.subscribe("any:thing");
            sdk.awaitEvent("clientSubscribed");
            assertThat(raw.call("publish", "{\"channel\":\"any:thing\",\"data\":{\"n\":1}}")
                            .has("publish"))
                    .isTrue();
            sdk.await("a publication", () -> sdk.publications("any:thing").size() == 1);
            assertThat(sdk.presenceStats("any:thing").at("/data/numClients").asInt())
                    .isEqualTo(1);

            raw.closeAfter("{\"id\":9,\"refresh\":{\"token\":\"not.a.token\"}}", 3500);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void withoutItNobodyIsLetInWithoutAToken() {
        try (GatewayNode node = GatewayNode.start(database, redis.url());
                RawClient raw = RawClient.open(node)) {
            raw.closeAfter("{\"id\":1,\"connect\":{}}", 3500);
        }
    }
}
