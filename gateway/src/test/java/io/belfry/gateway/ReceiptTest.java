package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.receipt.Receipts;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What counts as proof that a device got something, and what happens when there is none.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiptTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private final GatewayNode node;

    ReceiptTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        node = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.receipts.flush-every", "50ms"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void whatTheSdkGotIsSavedForItsDevice() {
        try (CentrifugeClient client =
                node.client("proves").device("phone").start().connect()) {
            node.inbound().send("proves", 3);

            awaitReceipt("proves", "phone", 3);
            assertThat(client.publications("inbox")).hasSize(3);
        }
    }

    @Test
    void oneCumulativeReceiptCoversWhatCameWhileAPingWasOut() {
        try (RawClient client = RawClient.connect(node, "one-ping", "phone")) {
            node.inbound().send("one-ping", 1);
            assertThat(client.nextOffset()).isEqualTo(1);
            assertThat(client.next()).as("the ping behind the first").isEmpty();

            node.inbound().send("one-ping", 2);
            assertThat(client.nextOffset()).isEqualTo(2);
            JsonNode third = client.next();
            assertThat(third.at("/push/pub/offset").asLong())
                    .as("no second ping while the first has no answer")
                    .isEqualTo(3);

            client.pong();
            assertThat(client.next()).as("the ping for what came meanwhile").isEmpty();
            awaitReceipt("one-ping", "phone", 1);
            client.pong();
            awaitReceipt("one-ping", "phone", 3);
        }
    }

    @Test
    void changesOfStateNeedNoProof() {
        node.inbound().write("marks", 1);
        try (RawClient client = RawClient.connect(node, "marks", "phone")) {
            client.rpc("inbox.markRead", "{\"upTo\":1}");
            assertThat(client.nextOffset()).isEqualTo(2);
            JsonNode counts = client.rpc("inbox.counts", "{}");
            assertThat(counts.at("/rpc/data/offset").asLong())
                    .as("the next message is the answer, not a ping")
                    .isEqualTo(2);
        }
    }

    @Test
    void aClientThatNamesItsOffsetHasEverythingUpToIt() {
        String epoch;
        try (RawClient client = RawClient.open(node)) {
            epoch = client.connect("{\"token\":\"" + node.token("names") + "\"}")
                    .at("/connect/subs/inbox/epoch")
                    .asText();
        }
        node.inbound().write("names", 3);
        try (RawClient client = RawClient.open(node)) {
            JsonNode reply = client.connect("{\"token\":\"" + node.token("names")
                    + "\",\"data\":{\"deviceId\":\"tablet\"},\"subs\":{\"inbox\":{\"recover\":true,\"epoch\":\"" + epoch
                    + "\",\"offset\":2}}}");

            assertThat(reply.at("/connect/subs/inbox/publications")).hasSize(1);
            awaitReceipt("names", "tablet", 2);
            assertThat(client.next()).as("the ping for what the reply brought").isEmpty();
            client.pong();
            awaitReceipt("names", "tablet", 3);
        }
    }

    @Test
    void anOffsetThatWeNeverGaveProvesNothing() {
        node.inbound().write("boasts", 1);
        try (RawClient client = RawClient.open(node)) {
            client.connect("{\"token\":\"" + node.token("boasts")
                    + "\",\"data\":{\"deviceId\":\"x\"},\"subs\":{\"inbox\":{\"recover\":true,\"offset\":99}}}");
            node.inbound().send("boasts", 1);
            assertThat(client.nextOffset()).isEqualTo(2);
            assertThat(client.next()).isEmpty();
            client.pong();

            awaitReceipt("boasts", "x", 2);
        }
    }

    @Test
    void aFrozenClientProvesNothingAndIsPushed() {
        try (GatewayNode quick = GatewayNode.start(
                        database,
                        redis.url(),
                        Map.of("belfry.gateway.ping", "2s", "belfry.gateway.pong-timeout", "2s"));
                CentrifugeClient client =
                        quick.client("frozen").device("phone").start().connect()) {
            node.inbound().sendWithPush("frozen", 1);
            awaitReceipt("frozen", "phone", 1);
            client.suspend();

            node.inbound().sendWithPush("frozen", 2);

            await().untilAsserted(
                            () -> assertThat(node.inbound().duePushes("frozen")).containsExactly(2L, 3L));
            assertThat(received("frozen", "phone")).isEqualTo(1);
            client.resume();
            client.await("3012", () -> client.events("connecting").stream()
                    .anyMatch(e -> e.path("code").asInt() == 3012));
            awaitReceipt("frozen", "phone", 3);
        }
    }

    @Test
    void onlyASocketThatDiesWithFramesUnprovedMakesTheirPushesDue() {
        try (RawClient proving = RawClient.connect(node, "proved", "phone");
                RawClient owing = RawClient.connect(node, "owing", "phone")) {
            node.inbound().sendWithPush("proved", 1);
            proving.nextOffset();
            assertThat(proving.next()).isEmpty();
            proving.pong();
            awaitReceipt("proved", "phone", 1);
            node.inbound().sendWithPush("owing", 1);
            owing.nextOffset();
        }

        // Both died, the one that proved everything last.
        await().untilAsserted(
                        () -> assertThat(node.inbound().duePushes("owing")).containsExactly(1L));
        assertThat(node.inbound().duePushes("proved")).isEmpty();
        assertThat(received("owing", "phone")).isZero();
    }

    @Test
    void noPushIsHastenedWhileTheDeviceLivesOnOnAnyEventLoop() {
        var sockets = new ArrayList<RawClient>();
        for (int i = 0; i < 6; i++) {
            sockets.add(RawClient.connect(node, "many", "tab"));
        }
        node.inbound().sendWithPush("many", 1);
        sockets.forEach(RawClient::nextOffset);
        RawClient survivor = sockets.removeLast();
        double before = node.count("closes");
        sockets.forEach(RawClient::close);
        await().until(() -> node.count("closes") >= before + 5);
        assertThat(node.inbound().duePushes("many")).isEmpty();

        survivor.close();

        await().untilAsserted(() -> assertThat(node.inbound().duePushes("many")).containsExactly(1L));
    }

    @Test
    void anotherDeviceProvesNothingForTheOneThatDied() {
        try (RawClient laptop = RawClient.connect(node, "two", "laptop")) {
            try (RawClient phone = RawClient.connect(node, "two", "phone")) {
                node.inbound().sendWithPush("two", 1);
                phone.nextOffset();
            }

            await().untilAsserted(
                            () -> assertThat(node.inbound().duePushes("two")).containsExactly(1L));
            assertThat(laptop.nextOffset()).isEqualTo(1);
        }
    }

    private void awaitReceipt(String user, String device, long offset) {
        await().untilAsserted(() -> assertThat(received(user, device)).isEqualTo(offset));
    }

    private long received(String user, String device) {
        List<Receipts.DeviceReceipt> all = node.bean(Receipts.class).of(user);
        return all.stream()
                .filter(r -> r.deviceId().equals(device))
                .mapToLong(Receipts.DeviceReceipt::inboxOffset)
                .findFirst()
                .orElse(0);
    }
}
