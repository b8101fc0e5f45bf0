package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.feed.Closings;
import io.belfry.core.user.Erasures;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What connected clients get, and what clients that come back do.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveryTest {
    private final GatewayNode node;

    DeliveryTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(database, redis.url());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void everyDeviceOfTheUserGetsEverythingInOrder() {
        try (CentrifugeClient phone = node.client("order").start().connect();
                CentrifugeClient laptop = node.client("order").start().connect()) {
            node.inbound().send("order", 100);
            node.inbound().send("order", 1);

            for (CentrifugeClient device : List.of(phone, laptop)) {
                device.await(
                        "101 publications", () -> device.publications("inbox").size() >= 101);
                assertThat(device.offsets("inbox")).isEqualTo(offsets(1, 101));
            }
        }
    }

    @Test
    void nobodyGetsWhatIsForAnother() {
        try (CentrifugeClient one = node.client("one").start().connect();
                CentrifugeClient other = node.client("other").start().connect()) {
            node.inbound().send("one", 5);
            node.inbound().send("other", 1);

            one.await("5 publications", () -> one.publications("inbox").size() == 5);
            other.await(
                    "its own publication", () -> !other.publications("inbox").isEmpty());
            assertThat(other.publications("inbox")).hasSize(1);
        }
    }

    @Test
    void allConnectionsOfAUserWhoIsErasedEndForGood() {
        try (CentrifugeClient phone = node.client("erased").start().connect();
                CentrifugeClient laptop = node.client("erased").start().connect();
                CentrifugeClient other = node.client("kept").start().connect()) {
            node.inbound().send("erased", 1);
            phone.await("it", () -> phone.publications("inbox").size() == 1);

            assertThat(node.bean(Erasures.class).begin("erased", "test")).isPresent();

            for (CentrifugeClient device : List.of(phone, laptop)) {
                assertThat(device.awaitEvent("disconnected").path("code").asInt())
                        .isEqualTo(3503);
            }
            node.inbound().send("kept", 1);
            other.await("what is for it", () -> other.publications("inbox").size() == 1);
        }
    }

    @Test
    void devicesOfAUserWhoWasErasedAndCreatedAgainStartAnew() {
        try (CentrifugeClient near = node.client("again").start().connect();
                CentrifugeClient far = node.client("again").start().connect()) {
            node.inbound().send("again", 3);
            near.await("3 publications", () -> near.publications("inbox").size() == 3);
            far.await("3 publications", () -> far.publications("inbox").size() == 3);
            assertThat(node.bean(Erasures.class).begin("again", "test")).isPresent();
            near.awaitEvent("disconnected");
            far.awaitEvent("disconnected");
            node.inbound().send("again", 2);

            // Its offset is past the new head.
            far.connect();
            assertThat(far.subscription("inbox").path("recovered").asBoolean(true))
                    .isFalse();
            node.inbound().send("again", 3);
            far.await("what follows", () -> far.publications("inbox").size() == 6);

            // Its offset was given again meanwhile, to something else.
            near.connect();
            assertThat(near.subscription("inbox").path("wasRecovering").asBoolean())
                    .isTrue();
            assertThat(near.subscription("inbox").path("recovered").asBoolean(true))
                    .isFalse();
            node.inbound().send("again", 1);
            near.await("what follows", () -> near.publications("inbox").size() == 4);
            assertThat(near.offsets("inbox")).containsExactly(1L, 2L, 3L, 6L);

            // From here on it is an inbox like any other.
            near.disconnect();
            node.inbound().send("again", 2);
            near.connect();
            assertThat(near.subscription("inbox").path("recovered").asBoolean()).isTrue();
            near.await("what it missed", () -> near.publications("inbox").size() == 6);
            assertThat(near.offsets("inbox")).endsWith(6L, 7L, 8L);
        }
    }

    @Test
    void theConnectionsOfADeviceThatLoggedOutEndAndNoOthers() {
        try (RawClient phone = RawClient.connect(node, "leaver", "phone");
                RawClient laptop = RawClient.connect(node, "leaver", "laptop");
                RawClient other = RawClient.connect(node, "stayer", "phone")) {
            node.bean(Closings.class).closeDevice("leaver", "phone").join();

            assertThat(phone.closeCode()).isEqualTo(Disconnect.FORCED_TO_RECONNECT.code());
            node.inbound().send("leaver", 1);
            node.inbound().send("stayer", 1);
            assertThat(laptop.nextOffset()).isEqualTo(1);
            assertThat(other.nextOffset()).isEqualTo(1);
        }
    }

    @Test
    void oneErasureConcernsNobodyElse() {
        try (CentrifugeClient client = node.client("bystander").start().connect()) {
            node.inbound().send("bystander", 1);
            client.await("it", () -> client.publications("inbox").size() == 1);
            client.disconnect();
            node.inbound().send("passer-by", 1);
            assertThat(node.bean(Erasures.class).begin("passer-by", "test")).isPresent();
            node.inbound().send("bystander", 1);

            client.connect();
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isTrue();
            client.await("what it missed", () -> client.publications("inbox").size() == 2);
        }
    }

    @Test
    void aClientThatComesBackGetsExactlyWhatItMissed() {
        try (CentrifugeClient client = node.client("back").start().connect()) {
            node.inbound().send("back", 2);
            client.await("2 publications", () -> client.publications("inbox").size() == 2);
            client.disconnect();
            node.inbound().send("back", 50);

            client.connect();

            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isTrue();
            client.await("what was missed", () -> client.publications("inbox").size() >= 52);
            assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 52));

            node.inbound().send("back", 1);
            client.await("what follows", () -> client.publications("inbox").size() >= 53);
            assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 53));
        }
    }

    @Test
    void aClientThatMissedTooMuchIsToldToReload() {
        try (CentrifugeClient client = node.client("far").start().connect()) {
            client.disconnect();
            node.inbound().send("far", 301);

            client.connect();

            assertThat(client.subscription("inbox").path("wasRecovering").asBoolean())
                    .isTrue();
            assertThat(client.subscription("inbox").path("recovered").asBoolean())
                    .isFalse();
            assertThat(client.publications("inbox")).isEmpty();

            node.inbound().send("far", 1);
            client.await("what follows", () -> !client.publications("inbox").isEmpty());
            assertThat(client.offsets("inbox")).containsExactly(302L);
        }
    }

    @Test
    void publicationsThatComeInTheWrongOrderAreDeliveredInTheRightOne() {
        try (CentrifugeClient client = node.client("shuffled").start().connect()) {
            var written = node.inbound().write("shuffled", 6);
            node.inbound()
                    .publish(List.of(
                            written.get(1),
                            written.get(0),
                            written.get(4),
                            written.get(3),
                            written.get(3),
                            written.get(2),
                            written.get(5)));

            client.await("6 publications", () -> client.publications("inbox").size() >= 6);
            assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 6));
        }
    }

    @Test
    void whatWasNeverPublishedIsReadFromTheLog() {
        try (CentrifugeClient client = node.client("gap").start().connect()) {
            var written = node.inbound().write("gap", 5);
            node.inbound().publish(List.of(written.get(0), written.get(4)));

            client.await("5 publications", () -> client.publications("inbox").size() >= 5);
            assertThat(client.offsets("inbox")).isEqualTo(offsets(1, 5));
            assertThat(client.events("disconnected")).isEmpty();
            assertThat(client.events("connected")).hasSize(1);
        }
    }

    @Test
    void theSubscriptionTellsTheCounts() {
        node.inbound().write("counts", 3);
        try (CentrifugeClient client = node.client("counts").start().connect()) {
            var subscription = client.subscription("inbox");

            assertThat(subscription.at("/data/counts/unread").asInt()).isEqualTo(3);
            assertThat(subscription.at("/data/userId").asText()).isEqualTo("counts");
            assertThat(subscription.at("/streamPosition/offset").asLong()).isEqualTo(3);
            assertThat(client.subscription("announcements").isMissingNode()).isFalse();
        }
    }

    static List<Long> offsets(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
