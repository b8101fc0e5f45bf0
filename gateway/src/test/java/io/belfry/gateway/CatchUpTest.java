package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.inbox.Written;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// How what was missed is read from the log.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatchUpTest {
    private final GatewayNode node;

    CatchUpTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.limits.database-queries", 1));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void connectionsOfAUserThatMissTheSameShareItsReading() {
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 10; i++) {
            clients.add(RawClient.connect(node, "shared"));
        }
        List<Written> written = node.inbound().write("shared", 3);
        double queries = node.count("catchups");
        double gaps = node.count("gaps");

        try (Handle lock = node.inbound().jdbi().open()) {
            // The one thread that reads stands still at the first reading, so all others find the second waiting.
            lock.begin();
            lock.execute("lock table inboxes in access exclusive mode");
            node.inbound().publish(List.of(written.getLast()));
            await().until(() -> node.count("gaps") == gaps + 10);
            lock.rollback();
        }

        for (RawClient client : clients) {
            assertThat(List.of(client.nextOffset(), client.nextOffset(), client.nextOffset()))
                    .containsExactly(1L, 2L, 3L);
            client.close();
        }
        assertThat(node.count("catchups") - queries).isBetween(1.0, 3.0);
    }

    @Test
    void whoConnectsWhileThingsArriveMissesNothingAndGetsNothingTwice() throws Exception {
        int count = 120;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sending = threads.submit(() -> {
                for (int i = 0; i < count / 3; i++) {
                    node.inbound().send("busy", 3);
                }
            });
            var joining = new ArrayList<Future<List<Long>>>();
            for (int i = 0; i < 8; i++) {
                joining.add(threads.submit(() -> everythingFor("busy", count)));
            }
            sending.get();
            for (Future<List<Long>> offsets : joining) {
                assertThat(offsets.get()).isEqualTo(DeliveryTest.offsets(1, count));
            }
        }
    }

    /// Comes and goes until it has everything.
    private List<Long> everythingFor(String user, int count) {
        var offsets = new ArrayList<Long>();
        long last = 0;
        while (last < count) {
            try (RawClient client = RawClient.open(node)) {
                JsonNode inbox = client.connect("{\"token\":\"" + node.token(user)
                                + "\",\"subs\":{\"inbox\":{\"recover\":true,\"offset\":" + last + "}}}")
                        .at("/connect/subs/inbox");
                assertThat(inbox.path("recovered").asBoolean()).isTrue();
                for (JsonNode publication : inbox.path("publications")) {
                    offsets.add(last = publication.path("offset").asLong());
                }
                for (int i = 0; i < 7 && last < count; i++) {
                    offsets.add(last = client.nextOffset());
                }
            }
        }
        return offsets;
    }
}
