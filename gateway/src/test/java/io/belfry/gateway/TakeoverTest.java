package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.micronaut.http.server.netty.NettyHttpRequest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a live connection does not keep: it would cost each some kilobytes.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class TakeoverTest {
    private static final int CONNECTIONS = 40;

    private final TestDatabase database;
    private final RedisServer redis;

    TakeoverTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @Test
    void noConnectionKeepsTheRequestThatOpenedIt() {
        List<RawClient> clients = new ArrayList<>();
        try (GatewayNode node = GatewayNode.start(database, redis.url())) {
            long before = live(NettyHttpRequest.class);
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(RawClient.connect(node, "user" + i % 8));
            }
            await().untilAsserted(() ->
                    assertThat(live(NettyHttpRequest.class) - before).isLessThan(CONNECTIONS / 4));
            assertThat(live(WebSocketConnection.class)).isGreaterThanOrEqualTo(CONNECTIONS);
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    /// How many there are that somebody can still reach.
    private static long live(Class<?> type) {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 3 && words[3].equals(type.getName()))
                    .mapToLong(words -> Long.parseLong(words[1]))
                    .sum();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}
