package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.broadcast.Recall;
import io.belfry.core.broadcast.Recalls;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.user.Bucket;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who gets a broadcast, when, and how often: those it is for, once.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class AnnouncementTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private GatewayNode node;
    private Waves waves;

    AnnouncementTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @BeforeEach
    void start() throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("delete from broadcasts");
            statement.execute("delete from user_preferences");
            statement.execute("update announcement_head set head = 0");
        }
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.receipts.flush-every", "50ms",
                        "belfry.gateway.ping", "5s",
                        "belfry.gateway.recovery.announcements", 5));
        waves = new Waves(node);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void everyWaveGoesOnceToTheUsersOfItsBuckets() {
        String low = userIn(0, 512);
        String high = userIn(512, 1024);
        try (RawClient first = RawClient.connect(node, low);
                RawClient second = RawClient.connect(node, low);
                RawClient other = RawClient.connect(node, high)) {
            UUID broadcast = waves.broadcast("Hello");
            waves.send(broadcast, 0, 512);
            assertThat(announcement(first).at("/pub/offset").asLong()).isEqualTo(1);
            assertThat(announcement(second).at("/pub/offset").asLong()).isEqualTo(1);
            waves.send(broadcast, 512, 1024);

            JsonNode push = announcement(other);
            assertThat(push.at("/pub/offset").asLong()).isEqualTo(2);
            assertThat(push.at("/pub/data/kind").asText()).isEqualTo("announcement");
            assertThat(push.at("/pub/data/announcement/id").asText()).isEqualTo(broadcast.toString());
            assertThat(push.at("/pub/data/announcement/title").asText()).isEqualTo("Hello");
            assertThat(push.at("/pub/data/announcement/read").asBoolean()).isFalse();
            // The next one is the next thing that anybody gets.
            waves.send(waves.broadcast("Next"));
            for (RawClient client : List.of(first, second, other)) {
                assertThat(announcement(client).at("/pub/offset").asLong()).isEqualTo(3);
            }
        }
    }

    @Test
    void aBroadcastToSomeReachesNobodyElse() {
        try (RawClient addressed = RawClient.connect(node, "addressed");
                RawClient other = RawClient.connect(node, "other")) {
            waves.send(waves.broadcastTo("For one", List.of("addressed", "away")));
            waves.send(waves.broadcast("For all"));

            assertThat(title(announcement(addressed))).isEqualTo("For one");
            assertThat(title(announcement(addressed))).isEqualTo("For all");
            assertThat(title(announcement(other))).isEqualTo("For all");
        }
    }

    @Test
    void whatIsRecalledGoesFromEveryDeviceLiveOrWhenItComesBack() {
        UUID recalled = waves.broadcastTo("A mistake", List.of("here", "away", "late"));
        UUID kept = waves.broadcast("True");
        try (CentrifugeClient here = node.client("here").start().connect();
                CentrifugeClient away = node.client("away").start().connect();
                RawClient other = RawClient.connect(node, "other")) {
            waves.send(recalled);
            waves.send(kept);
            for (CentrifugeClient client : List.of(here, away)) {
                client.await("both", () -> client.publications("announcements").size() == 2);
            }
            away.disconnect();

            assertThat(node.bean(Recalls.class).recall(recalled, "test")).isInstanceOf(Recall.Begun.class);

            here.await("the recall", () -> here.publications("announcements").size() == 3);
            awaitHead(3);
            away.connect();
            assertThat(away.subscription("announcements").path("recovered").asBoolean())
                    .isTrue();
            away.await("the recall", () -> away.publications("announcements").size() == 3);
            for (CentrifugeClient client : List.of(here, away)) {
                JsonNode told = client.publications("announcements").getLast();
                assertThat(told.path("offset").asLong()).isEqualTo(3);
                assertThat(told.at("/data/kind").asText()).isEqualTo("recalled");
                assertThat(told.at("/data/ids/0").asText()).isEqualTo(recalled.toString());
            }
            // Who never had it hears nothing of it, and it is in nobody's list.
            waves.send(waves.broadcast("Last"));
            assertThat(title(announcement(other))).isEqualTo("True");
            assertThat(title(announcement(other))).isEqualTo("Last");
        }
        for (String user : List.of("here", "away", "late", "other")) {
            try (RawClient client = RawClient.connect(node, user)) {
                assertThat(client.rpc("inbox.list", "{}")
                                .at("/rpc/data/announcements")
                                .findValuesAsText("title"))
                        .containsExactly("Last", "True");
            }
        }
        JsonNode never = recover("late", 0);
        assertThat(never.path("recovered").asBoolean()).isTrue();
        assertThat(never.path("publications").findValuesAsText("kind"))
                .containsExactly("announcement", "recalled", "announcement");
        assertThat(recover("other", 0).path("publications").findValuesAsText("kind"))
                .containsExactly("announcement", "announcement");
    }

    @Test
    void aWaveThatWasNotHandedOnBeforeTheRecallIsNotHandedOnAfterIt() {
        UUID recalled = waves.broadcast("A mistake");
        try (RawClient client = RawClient.connect(node, "untold")) {
            waves.write(recalled, 0, Bucket.COUNT);
            assertThat(node.bean(Recalls.class).recall(recalled, "test")).isInstanceOf(Recall.Begun.class);

            assertThat(announcement(client).at("/pub/data/kind").asText()).isEqualTo("recalled");
        }
    }

    @Test
    void whoMutedTheCategoryGetsNoneOfIt() {
        node.inbound()
                .jdbi()
                .useHandle(h -> h.execute("insert into user_preferences (user_id, settings)"
                        + " values ('fed-up', '{\"categories\":{\"news\":{\"inbox\":false}}}')"));
        try (RawClient muted = RawClient.connect(node, "fed-up");
                RawClient other = RawClient.connect(node, "curious")) {
            waves.send(waves.broadcast("News"));
            assertThat(title(announcement(other))).isEqualTo("News");

            node.inbound().jdbi().useHandle(h -> h.execute("delete from user_preferences"));
            waves.send(waves.broadcast("More"));

            assertThat(title(announcement(other))).isEqualTo("More");
            assertThat(title(announcement(muted))).isEqualTo("More");
        }
    }

    @Test
    void whoWantsNoDisturbanceGetsItWithoutASound() {
        node.inbound()
                .jdbi()
                .useHandle(h -> h.execute("insert into user_preferences (user_id, settings) values"
                        + " ('away', '{\"pausedUntil\":\"2099-01-01T00:00:00Z\"}'),"
                        + " ('back', '{\"pausedUntil\":\"2020-01-01T00:00:00Z\"}'),"
                        + " ('no-pop-up', '{\"categories\":{\"news\":{\"live\":false}}}')"));
        try (RawClient away = RawClient.connect(node, "away");
                RawClient back = RawClient.connect(node, "back");
                RawClient noPopUp = RawClient.connect(node, "no-pop-up");
                RawClient other = RawClient.connect(node, "other")) {
            waves.send(waves.broadcast("News"));

            assertThat(announcement(away).at("/pub/data/announcement/silent").asBoolean())
                    .isTrue();
            assertThat(announcement(noPopUp).at("/pub/data/announcement/silent").asBoolean())
                    .isTrue();
            assertThat(announcement(back).at("/pub/data/announcement/silent").isMissingNode())
                    .isTrue();
            assertThat(announcement(other).at("/pub/data/announcement/silent").isMissingNode())
                    .isTrue();
        }
    }

    @Test
    void eachReaderGetsTheWordsOfTheirLocale() {
        try (CentrifugeClient german =
                        node.client("german").locale("de-AT").start().connect();
                RawClient english = RawClient.connect(node, "english")) {
            waves.send(waves.translated("Hello", "Hallo"));

            german.await("it", () -> german.publications("announcements").size() == 1);
            assertThat(german.publications("announcements")
                            .getFirst()
                            .at("/data/announcement/title")
                            .asText())
                    .isEqualTo("Hallo");
            assertThat(title(announcement(english))).isEqualTo("Hello");
        }
    }

    @Test
    void whoComesBackGetsWhatItMissedInOrderAndWhoComesNewListsWhatIsValid() {
        try (CentrifugeClient client =
                node.client("returns").device("phone").start().connect()) {
            waves.send(waves.broadcast("One"));
            client.await("one", () -> client.publications("announcements").size() == 1);
            client.disconnect();
            waves.send(waves.broadcast("Two"));
            waves.send(waves.broadcastTo("Not for you", List.of("somebody")));
            waves.send(waves.broadcastUntil("Over", "now() - interval '1 second'"));
            waves.send(waves.broadcastUntil("Three", "now() + interval '1 hour'"));

            client.connect();

            assertThat(client.subscription("announcements").path("recovered").asBoolean())
                    .isTrue();
            client.await(
                    "what it missed", () -> client.publications("announcements").size() >= 3);
            assertThat(client.offsets("announcements")).containsExactly(1L, 2L, 5L);
            awaitReceipt("returns", "phone", 5);
        }
        try (RawClient fresh = RawClient.connect(node, "new-here")) {
            JsonNode listed = fresh.rpc("inbox.list", "{}").at("/rpc/data/announcements");
            assertThat(listed.findValuesAsText("title")).containsExactly("Three", "Two", "One");
        }
    }

    @Test
    void whoMissedNothingOfItsOwnMovesOnToTheHead() {
        waves.send(waves.broadcastTo("Not for you", List.of("somebody")));
        waves.send(waves.broadcastTo("Nor this", List.of("somebody")));
        awaitHead(2);
        JsonNode subscription = recover("uninvolved", 0);

        assertThat(subscription.path("recovered").asBoolean()).isTrue();
        assertThat(subscription.path("offset").asLong()).isEqualTo(2);
        assertThat(subscription.has("publications")).isFalse();
    }

    @Test
    void whoMissedTooManyOrNamesAnOffsetFromNowhereReloads() {
        for (int i = 0; i < 6; i++) {
            waves.send(waves.broadcast("B" + i));
        }
        awaitHead(6);
        assertThat(recover("far", 0).path("recovered").asBoolean(true)).isFalse();
        assertThat(recover("far", 1).path("publications")).hasSize(5);
        JsonNode ahead = recover("far", 99);
        assertThat(ahead.path("recovered").asBoolean(true)).isFalse();
        assertThat(ahead.path("offset").asLong()).isEqualTo(6);
    }

    @Test
    void aWaveThatNobodyToldOfIsFoundAllTheSame() {
        try (RawClient client = RawClient.connect(node, "untold")) {
            waves.write(waves.broadcast("Quiet"), 0, Bucket.COUNT);
            assertThat(title(announcement(client))).isEqualTo("Quiet");
        }
    }

    @Test
    void afterARestoreTheLogIsFollowedFromItsNewHead() {
        try (RawClient client = RawClient.connect(node, "restored")) {
            waves.send(waves.broadcast("Lost"));
            waves.send(waves.broadcast("Lost too"));
            announcement(client);
            announcement(client);
            node.inbound().jdbi().useTransaction(h -> {
                h.execute("delete from broadcasts");
                h.execute("update announcement_head set head = 0");
                h.execute("update installation set epoch = epoch || '+'");
            });
            assertThat(client.closeCode()).isEqualTo(3010);
        }
        await().until(() -> node.bean(Registry.class).loops().stream().allMatch(loop -> loop.announcementsHead == 0));
        try (RawClient client = RawClient.connect(node, "restored")) {
            waves.send(waves.broadcast("After"));

            JsonNode push = announcement(client);
            assertThat(title(push)).isEqualTo("After");
            assertThat(push.at("/pub/offset").asLong()).isEqualTo(1);
        }
    }

    @Test
    void whatIsReadOnOneDeviceIsReadOnAll() {
        UUID broadcast = waves.broadcast("Read me");
        waves.send(broadcast);
        try (RawClient phone = RawClient.connect(node, "reads", "phone");
                RawClient laptop = RawClient.connect(node, "reads", "laptop")) {
            JsonNode answer = phone.rpc("announcements.markRead", "{\"ids\":[\"" + broadcast + "\"]}");
            assertThat(answer.at("/rpc/data/offset").asLong()).isEqualTo(1);
            JsonNode again = phone.rpc("announcements.markRead", "{\"ids\":[\"" + broadcast + "\"]}");
            assertThat(again.at("/rpc/data/offset").asLong())
                    .as("the second time changes nothing")
                    .isEqualTo(1);

            JsonNode push = laptop.next(m -> m.at("/push/channel").asText().equals("inbox"));
            assertThat(push.at("/push/pub/data/kind").asText()).isEqualTo("announcementsRead");
            assertThat(push.at("/push/pub/data/ids/0").asText()).isEqualTo(broadcast.toString());
            JsonNode listed = laptop.rpc("inbox.list", "{}").at("/rpc/data/announcements/0");
            assertThat(listed.path("read").asBoolean()).isTrue();
        }
    }

    @Test
    void whoConnectsWhileWavesPassMissesNoneAndGetsNoneTwice() throws Exception {
        int count = 30;
        List<UUID> broadcasts = IntStream.range(0, count)
                .mapToObj(i -> i % 2 == 0
                        ? waves.broadcast("B" + i)
                        : waves.broadcastTo("B" + i, List.of("joiner0", "joiner1", "joiner2", "joiner3")))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sending = threads.submit(() -> broadcasts.forEach(waves::send));
            var joining = new ArrayList<Future<List<Long>>>();
            for (int i = 0; i < 12; i++) {
                String user = "joiner" + i % 4;
                joining.add(threads.submit(() -> everythingFor(user, count)));
            }
            sending.get();
            for (Future<List<Long>> offsets : joining) {
                assertThat(offsets.get())
                        .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    /// Joins at some time with nothing yet, and reads until it has that many; starts over when told to reload.
    private List<Long> everythingFor(String user, int count) {
        var offsets = new ArrayList<Long>();
        long last = 0;
        while (last < count) {
            try (RawClient client = RawClient.open(node)) {
                JsonNode subscription = client.connect("{\"token\":\"" + node.token(user)
                                + "\",\"subs\":{\"announcements\":{\"recover\":true,\"offset\":" + last + "}}}")
                        .at("/connect/subs/announcements");
                if (!subscription.path("recovered").asBoolean()) {
                    // It was late and missed more than the limit: this race is for those who are in time.
                    LongStream.rangeClosed(last + 1, subscription.path("offset").asLong())
                            .forEach(offsets::add);
                    last = subscription.path("offset").asLong();
                    continue;
                }
                for (JsonNode publication : subscription.path("publications")) {
                    offsets.add(last = publication.path("offset").asLong());
                }
                // A few live ones, and then it leaves and comes again.
                for (int i = 0; i < 4 && last < count; i++) {
                    offsets.add(last = announcement(client).at("/pub/offset").asLong());
                }
            }
        }
        return offsets;
    }

    /// Waits until every loop of the node has come to that wave: what a client is told depends on it.
    private void awaitHead(long offset) {
        await().until(() -> {
            for (Loop loop : node.bean(Gateway.class).registry().loops()) {
                if (loop.executor.submit(() -> loop.announcementsHead).get() != offset) {
                    return false;
                }
            }
            return true;
        });
    }

    private JsonNode recover(String user, long offset) {
        try (RawClient client = RawClient.open(node)) {
            return client.connect("{\"token\":\"" + node.token(user)
                            + "\",\"subs\":{\"announcements\":{\"recover\":true,\"offset\":" + offset + "}}}")
                    .at("/connect/subs/announcements");
        }
    }

    private static JsonNode announcement(RawClient client) {
        return client.next(m -> m.at("/push/channel").asText().equals("announcements"))
                .path("push");
    }

    private static String title(JsonNode push) {
        return push.at("/pub/data/announcement/title").asText();
    }

    private static String userIn(int from, int to) {
        return IntStream.range(0, 10_000)
                .mapToObj(i -> "user" + i)
                .filter(user -> from <= Bucket.of(user) && Bucket.of(user) < to)
                .findFirst()
                .orElseThrow();
    }

    private void awaitReceipt(String user, String device, long offset) {
        await().untilAsserted(() -> assertThat(node.bean(Receipts.class).of(user))
                .filteredOn(r -> r.deviceId().equals(device))
                .extracting(Receipts.DeviceReceipt::announcementOffset)
                .containsExactly(offset));
    }
}
