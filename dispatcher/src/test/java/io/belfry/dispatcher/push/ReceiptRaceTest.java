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

/// Receipts that come while their pushes are being claimed, thousands of times: whoever has proved receipt before
/// is not pushed to, whoever has not is, and in between it is the one or the other, but never neither.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class ReceiptRaceTest {
    private static final int USERS = 4500;

    private final TestDatabase database;
    private final String redisUrl;

    ReceiptRaceTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
    }

    private static List<String> users(int remainder) {
        return IntStream.rangeClosed(1, USERS)
                .filter(n -> n % 3 == remainder)
                .mapToObj(n -> "race-" + n)
                .toList();
    }

    private static List<Receipt> receipts(List<String> users) {
        return users.stream().map(user -> new Receipt(user, "phone-1", 1, 0)).toList();
    }

    @Test
    void everyPushIsEitherSentOrProvedNeedless() throws SQLException {
        long seed = new Random().nextLong();
        List<String> before = users(0);
        var during = new ArrayList<>(users(1));
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
                for (int i = 0; i < during.size(); i += 50) {
                    receipts.save(receipts(during.subList(i, Math.min(i + 50, during.size()))));
                }
                PlannedPushes pushes = new PlannedPushes(node.bean(Jdbi.class));
                await().atMost(120, SECONDS).until(() -> pushes.left() == 0);
            }
            Set<String> pushed =
                    simulator.messages().stream().map(ReceivedMessage::token).collect(Collectors.toSet());
            assertThat(pushed).as("once each").hasSize(simulator.messages().size());
            assertThat(pushed)
                    .as("seed " + seed)
                    .containsAll(tokens(users(2)))
                    .doesNotContainAnyElementsOf(tokens(before));
            assertThat(pushed.size()).isBetween(users(2).size(), users(2).size() + during.size());
        }
    }

    private static List<String> tokens(List<String> users) {
        return users.stream().map(user -> user + ".phone-1").toList();
    }
}
