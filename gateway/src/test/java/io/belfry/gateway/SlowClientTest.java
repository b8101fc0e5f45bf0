package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a client that does not read costs, and what it gets once it does.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class SlowClientTest {
    private static final int OUTBOUND_BYTES = 16_384;
    private static final int BODY_BYTES = 20_000;
    private static final int FRAME_BYTES = BODY_BYTES + 1_000;

    private final TestDatabase database;
    private final RedisServer redis;

    SlowClientTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    private GatewayNode node(Map<String, Object> settings) {
        var all = new HashMap<String, Object>(Map.of(
                "belfry.gateway.limits.outbound-bytes",
                OUTBOUND_BYTES,
                "belfry.gateway.limits.send-buffer-bytes",
                16_384));
        all.putAll(settings);
        return GatewayNode.start(database, redis.url(), all);
    }

    private static RawClient slow(GatewayNode node, String user) {
        var client = new RawClient(node.socket().receiveBuffer(65_536).open());
        client.connect("{\"token\":\"" + node.token(user) + "\"}");
        return client;
    }

    @Test
    void whoDoesNotReadGetsNothingQueuedAndIsCaughtUpWhenItDoes() {
        try (GatewayNode node = node(Map.of("belfry.gateway.slow-timeout", "1m"));
                RawClient slow = slow(node, "reader");
                RawClient fast = RawClient.connect(node, "reader")) {
            for (int i = 0; i < 10; i++) {
                node.inbound().sendLarge("reader", 4, BODY_BYTES);
            }

            for (long offset = 1; offset <= 40; offset++) {
                assertThat(fast.nextOffset()).as("for who reads").isEqualTo(offset);
            }
            assertThat(node.count("drops")).isPositive();
            await("who reads has caught up").until(() -> node.gauge("lagging") == 1);
            assertThat(node.outboundBytes("reader")).hasSize(2).allSatisfy(bytes -> assertThat(bytes)
                    .isLessThanOrEqualTo(OUTBOUND_BYTES + FRAME_BYTES));

            for (long offset = 1; offset <= 40; offset++) {
                assertThat(slow.nextOffset()).as("for who reads late").isEqualTo(offset);
            }
            node.inbound().send("reader", 1);
            assertThat(slow.nextOffset()).as("and lives on").isEqualTo(41);
            await().until(() -> node.gauge("lagging") == 0);
            assertThat(node.hits(Guard.OUTBOUND)).isPositive();
        }
    }

    @Test
    void answersAreNotQueuedForWhoDoesNotReadThem() {
        try (GatewayNode node = node(Map.of("belfry.gateway.slow-timeout", "1m"));
                RawClient slow = slow(node, "asker")) {
            node.inbound().write("asker", 1);
            node.inbound().sendLarge("asker", 10, BODY_BYTES);
            StringBuilder calls = new StringBuilder();
            for (int i = 1_000; i < 1_040; i++) {
                calls.append("{\"id\":")
                        .append(i)
                        .append(",\"rpc\":{\"method\":\"inbox.list\",\"data\":{\"limit\":10}}}\n");
            }
            slow.socket().sendText(calls.toString());

            await().until(() -> node.outboundBytes("asker").getFirst() > OUTBOUND_BYTES);
            assertThat(node.outboundBytes("asker").getFirst()).isLessThan(OUTBOUND_BYTES + 11 * FRAME_BYTES);
            for (int i = 1_000; i < 1_040; i++) {
                int id = i;
                assertThat(slow.next(m -> m.path("id").asInt() == id).at("/rpc/data/items"))
                        .hasSize(10);
            }
        }
    }

    @Test
    void whoStaysBehindIsClosedAndRecovers() {
        try (GatewayNode node = node(Map.of("belfry.gateway.slow-timeout", "700ms"))) {
            var stuck = new ArrayList<RawClient>();
            for (int i = 0; i < 5; i++) {
                stuck.add(slow(node, "stuck"));
            }
            try (RawClient fast = RawClient.connect(node, "quick")) {
                node.inbound().sendLarge("stuck", 40, BODY_BYTES);
                node.inbound().send("quick", 1);
                assertThat(fast.nextOffset()).as("for others").isEqualTo(1);
            }
            await().until(() -> node.closes(3008) == 5);
            assertThat(node.hits(Guard.SLOWNESS)).isEqualTo(5);
            for (RawClient client : stuck) {
                assertThat(client.closeCode()).isEqualTo(3008);
                client.close();
            }

            try (RawClient back = RawClient.open(node)) {
                var inbox = back.connect("{\"token\":\"" + node.token("stuck")
                                + "\",\"subs\":{\"inbox\":{\"recover\":true,\"offset\":5}}}")
                        .at("/connect/subs/inbox");
                assertThat(inbox.path("recovered").asBoolean()).isTrue();
                List<Long> offsets = new ArrayList<>();
                inbox.path("publications")
                        .forEach(p -> offsets.add(p.path("offset").asLong()));
                assertThat(offsets).isEqualTo(DeliveryTest.offsets(6, 40));
            }
        }
    }
}
