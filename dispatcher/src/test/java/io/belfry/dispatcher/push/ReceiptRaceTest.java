package io.belfry.dispatcher.push;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.event.Priority;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Receipts that come while their pushes are being claimed, ten thousand times: whoever has proved receipt before
/// is not pushed to, whoever has not is, and in between it is the one or the other, but never neither.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class ReceiptRaceTest {
    private static final int USERS = 12_000;

    private final TestDatabase database;
    private final String redisUrl;

    ReceiptRaceTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
    }

    /// A twelfth each had it before and never gets it; the others race.
    private enum Part {
        BEFORE,
        NEVER,
        DURING;

        private static Part of(int n) {
            return n % 12 == 0 ? BEFORE : n % 12 == 1 ? NEVER : DURING;
        }
    }

    private static List<String> users(Part part) {
        return IntStream.rangeClosed(1, USERS)
                .filter(n -> Part.of(n) == part)
                .mapToObj(n -> "race-" + n)
                .toList();
    }

    private static List<Receipt> receipts(List<String> users) {
        return users.stream().map(user -> new Receipt(user, "phone-1", 1, 0)).toList();
    }

    @Test
    void everyPushIsEitherSentOrProvedNeedless() throws SQLException {
        long seed = new Random().nextLong();
        List<String> before = users(Part.BEFORE);
        var during = new ArrayList<>(users(Part.DURING));
        Collections.shuffle(during, new Random(seed));
        try (FcmSimulator simulator = new FcmSimulator(0, 2 * USERS)) {
            try (DispatcherNode idle = DispatcherNode.idle(database, redisUrl)) {
                new PlannedPushes(idle.bean(Jdbi.class)).due("race", USERS, 1, Priority.NORMAL);
                idle.bean(Receipts.class).save(receipts(before));
            }
            try (DispatcherNode node =
                    DispatcherNode.start(database, redisUrl, Map.of("belfry.push.endpoint", simulator.url()))) {
                node.bean(Signals.class).raise(Signal.PUSH_DUE);
                Receipts receipts = node.bean(Receipts.class);
                for (int i = 0; i < during.size(); i += 100) {
                    receipts.save(receipts(during.subList(i, Math.min(i + 100, during.size()))));
                }
                PlannedPushes pushes = new PlannedPushes(node.bean(Jdbi.class));
                await().atMost(120, SECONDS).until(() -> pushes.left() == 0);
            }
            Set<String> pushed =
                    simulator.messages().stream().map(ReceivedMessage::token).collect(Collectors.toSet());
            assertThat(pushed).as("once each").hasSize(simulator.messages().size());
            assertThat(pushed)
                    .as("seed " + seed)
                    .containsAll(tokens(users(Part.NEVER)))
                    .doesNotContainAnyElementsOf(tokens(before));
            assertThat(pushed.size())
                    .isBetween(users(Part.NEVER).size(), users(Part.NEVER).size() + during.size());
        }
    }

    /// The category wants its notifications read: a receipt then stops the push to its own device only.
    @Test
    void ofTwoDevicesTheOneThatSleepsIsPushedTo() throws SQLException {
        int users = 50;
        try (FcmSimulator simulator = new FcmSimulator(0)) {
            try (DispatcherNode idle = DispatcherNode.idle(database, redisUrl)) {
                idle.bean(Jdbi.class)
                        .useHandle(h -> h.execute("update categories set push_unless = 'read' where id = 'general'"));
                new PlannedPushes(idle.bean(Jdbi.class)).due("asleep", users, 2, Priority.NORMAL);
                idle.bean(Receipts.class)
                        .save(receipts(IntStream.rangeClosed(1, users)
                                .mapToObj(n -> "asleep-" + n)
                                .toList()));
            }
            try (DispatcherNode node =
                    DispatcherNode.start(database, redisUrl, Map.of("belfry.push.endpoint", simulator.url()))) {
                PlannedPushes pushes = new PlannedPushes(node.bean(Jdbi.class));
                await().atMost(60, SECONDS).until(() -> pushes.left() == 0);
                node.bean(Jdbi.class)
                        .useHandle(
                                h -> h.execute("update categories set push_unless = 'received' where id = 'general'"));
            }
            assertThat(simulator.messages())
                    .extracting(ReceivedMessage::token)
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, users)
                            .mapToObj(n -> "asleep-" + n + ".phone-2")
                            .toList());
        }
    }

    private static List<String> tokens(List<String> users) {
        return users.stream().map(user -> user + ".phone-1").toList();
    }
}
