package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tests reach testers.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class SandboxOnThePathTest {
    private static final EventOptions TEST = EventOptions.NONE.asTest();

    private final TestDatabase database;
    private final RedisServer redis;

    SandboxOnThePathTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    private DispatcherNode dispatcher(Map<String, Object> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put("belfry.sandbox.recipients", List.of("qa-*", "ada"));
        return DispatcherNode.start(database, redis.url(), all);
    }

    /// What was decided for the inbox of each.
    private static List<String> decided(DispatcherNode node, EventOptions options, String... users)
            throws SQLException {
        UUID id = EventId.mint(Clock.systemUTC());
        node.bean(EventLog.class)
                .append(List.of(new NewEvent(
                        id,
                        UUID.randomUUID(),
                        Optional.empty(),
                        new byte[0],
                        Lanes.of(Priority.NORMAL, users[0]),
                        "sandbox.test",
                        "general",
                        Priority.NORMAL,
                        List.of(users),
                        Optional.empty(),
                        Optional.empty(),
                        "{}",
                        Optional.empty(),
                        options)));
        node.bean(Signals.class).raise(Signal.eventsOf(Priority.NORMAL));
        return List.of(users).stream()
                .map(user -> await().atMost(20, SECONDS)
                        .until(() -> node.bean(Traces.class).of(NotificationId.of(id, user)), Optional::isPresent)
                        .orElseThrow()
                        .decided())
                .map(NotificationTrace.Decided::inbox)
                .toList();
    }

    @Test
    void whatATestKeySentReachesTestersAndTheTraceOfOthersSaysWhy() throws SQLException {
        try (DispatcherNode node = dispatcher(Map.of())) {
            assertThat(decided(node, TEST, "ada", "qa-1", "adam", "qa"))
                    .containsExactly("send", "send", "sandboxed", "sandboxed");
            assertThat(decided(node, EventOptions.NONE, "adam")).containsExactly("send");
        }
    }

    @Test
    void aStagingInstallationReachesTestersOnlyWithBroadcastsToo() throws SQLException {
        try (DispatcherNode node =
                dispatcher(Map.of("belfry.sandbox.applies-to", "all-events", "belfry.broadcasts.wave-pause", "1ms"))) {
            assertThat(decided(node, EventOptions.NONE, "qa-7", "adam")).containsExactly("send", "sandboxed");
            node.bean(Jdbi.class)
                    .useHandle(h -> h.execute(
                            "insert into users (id) values ('qa-7'), ('adam'), ('q%-8')" + " on conflict do nothing"));

            for (Audience audience : List.of(
                    new Audience.Everyone(), new Audience.Users(List.of("adam", "qa-7")), new Audience.Topic("none"))) {
                UUID id = broadcast(node, audience);
                assertThat(node.bean(Announcements.class)
                                .addressed(id, List.of("qa-7", "adam", "q%-8"))
                                .users())
                        .as("%s", audience)
                        .isEqualTo(audience instanceof Audience.Topic ? Set.of() : Set.of("qa-7"));
                assertThat(node.bean(Announcements.class).of("adam", 0, 10)).isEmpty();
            }
        }
    }

    private static UUID broadcast(DispatcherNode node, Audience audience) {
        Broadcasts broadcasts = node.bean(Broadcasts.class);
        UUID id = broadcasts.create(new NewBroadcast(
                audience,
                Map.of("en", new Content("Hello", "All", null)),
                "news",
                Priority.NORMAL,
                Optional.empty(),
                2,
                NewBroadcast.Push.OFF,
                "ada@example.org"));
        assertThat(broadcasts.start(id)).isTrue();
        await().atMost(20, SECONDS)
                .until(() -> broadcasts.find(id).orElseThrow().state() == BroadcastState.SENT);
        return id;
    }
}
