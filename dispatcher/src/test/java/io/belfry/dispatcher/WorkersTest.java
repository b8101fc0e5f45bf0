package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Several workers that never look by themselves: an event that no worker was woken for would stay where it is.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkersTest {
    private static final int SENDERS = 6;
    private static final int EVENTS_EACH = 60;

    private final Jdbi jdbi;
    private final DispatcherNode node;

    WorkersTest(TestDatabase database, RedisServer redis) {
        this.jdbi = Jdbi.create(database.dataSource());
        this.node = DispatcherNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.dispatcher.poll-every", "1h",
                        "belfry.dispatcher.workers-per-priority", 3,
                        "belfry.dispatcher.batch-events", 16,
                        "belfry.dispatcher.batch-recipients", 20));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private void accept(String user) throws SQLException {
        var event = new NewEvent(
                EventId.mint(Instant.now()),
                new UUID(0, 7),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, user),
                "workers.test",
                "general",
                Priority.NORMAL,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                "{}",
                Optional.empty());
        node.bean(EventLog.class).append(List.of(event));
    }

    private void wake() {
        node.bean(Signals.class).raise(Signal.eventsOf(Priority.NORMAL));
    }

    private long count(String sql) {
        return jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
    }

    @Test
    void everySignalFindsItsEventWhoeverIsAtWork() throws Exception {
        accept("first");
        // Signals that come before the node listens are lost.
        await().atMost(20, SECONDS).until(() -> {
            wake();
            return count("select count(*) from notifications where user_id = 'first'") == 1;
        });

        try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
            var sent = new ArrayList<Future<Void>>();
            for (int s = 0; s < SENDERS; s++) {
                String sender = "s" + s + "-";
                sent.add(senders.submit((Callable<Void>) () -> {
                    for (int i = 0; i < EVENTS_EACH; i++) {
                        accept(sender + i);
                        wake();
                    }
                    return null;
                }));
            }
            for (Future<Void> one : sent) {
                one.get(60, SECONDS);
            }
        }

        await().atMost(20, SECONDS).until(() -> count("select count(*) from pending_events") == 0);
        assertThat(count("select count(*) from notifications where user_id like 's%'"))
                .isEqualTo(SENDERS * EVENTS_EACH);
    }
}
