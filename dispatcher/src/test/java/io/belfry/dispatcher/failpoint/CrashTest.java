package io.belfry.dispatcher.failpoint;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// One dispatcher after another is killed with SIGKILL, each at another step, and each takes over what the one before
/// left. What was accepted is then in each inbox once and in order, and was pushed once. By default once at each step;
/// `-Dbelfry.crashes=5` kills at the first five passes of each.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class CrashTest {
    private static final UUID KEY = new UUID(0, 7);
    private static final int ROUNDS = Integer.getInteger("belfry.crashes", 1);
    private static final int FOLLOWERS = Integer.getInteger("belfry.crashes.followers", 20_000);
    private static final int READERS = 20;
    private static final int EVENTS = 100;
    private static final int WAVES = 4;
    private static final String BIG = "big";

    private final TestDatabase database;
    private final RedisServer redis;
    private final Path scratch;

    private DispatcherNode idle;
    private Jdbi jdbi;
    private int accepted;
    private int audiences;
    private final List<UUID> broadcasts = new ArrayList<>();

    CrashTest(TestDatabase database, RedisServer redis, @TempDir Path scratch) {
        this.database = database;
        this.redis = redis;
        this.scratch = scratch;
    }

    @Test
    void whatWasAcceptedArrivesOnceInOrderAtWhateverStepDispatchersDie() throws Exception {
        try (FcmSimulator fcm = new FcmSimulator(0);
                DispatcherNode node = DispatcherNode.idle(database, redis.url())) {
            idle = node;
            jdbi = Jdbi.create(database.dataSource());
            people();
            for (int round = 0; round < ROUNDS; round++) {
                for (Failpoint point : Failpoint.values()) {
                    killAt(point, round, fcm);
                }
            }
            try (CrashingDispatcher _ = start(fcm, List.of())) {
                awaitDone();
            }
            inboxesHoldEachOnceAndInOrder();
            phonesGotEachOnce(fcm);
            wavesAreWhole();
        }
    }

    private void people() {
        jdbi.useTransaction(h -> {
            h.execute("update categories set push_delay_ms = 0");
            h.execute(
                    "insert into topic_followers (topic, user_id) select ?, 'f-' || n from generate_series(1, ?) n",
                    BIG,
                    FOLLOWERS);
            h.execute("insert into users (id) select 'r-' || n from generate_series(0, ?) n", READERS - 1);
            h.execute(
                    "insert into devices (user_id, id, token, platform) select id, 'phone', id || '.phone', 'android' from users");
            h.execute(
                    "insert into devices (user_id, id, token, platform)"
                            + " select 'f-' || n, 'phone', 'f-' || n || '.phone', 'android' from generate_series(1, ?, 1000) n",
                    FOLLOWERS);
        });
    }

    private void killAt(Failpoint point, int round, FcmSimulator fcm) throws Exception {
        int passes = round;
        switch (point) {
            case AUDIENCE_EXPANDED -> {
                audience();
                // In the middle of it, whatever is before it in the lanes.
                passes += 8;
            }
            case WAVE_DUE, WAVE_LOGGED, WAVE_TOLD -> broadcast();
            default -> {}
        }
        events();
        try (CrashingDispatcher dispatcher =
                start(fcm, List.of("belfry.failpoint.at=" + point, "belfry.failpoint.passes=" + passes))) {
            dispatcher.awaitReached(point);
            dispatcher.kill();
        }
        timePasses();
    }

    private CrashingDispatcher start(FcmSimulator fcm, List<String> more) throws Exception {
        var settings = new ArrayList<>(List.of(
                "belfry.push.endpoint=" + fcm.url(),
                "belfry.dispatcher.poll-every=20ms",
                "belfry.broadcasts.poll-every=20ms",
                "belfry.broadcasts.wave-pause=1ms"));
        settings.addAll(more);
        return CrashingDispatcher.start(scratch, database, redis.url(), settings);
    }

    /// What the dead one asked for last is done, or will not be. Then its leases lapse: they last for minutes.
    private void timePasses() {
        await().atMost(20, SECONDS).until(() -> count("""
                select count(*) from pg_stat_activity
                where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()
                """) == 0);
        jdbi.useHandle(h -> h.execute("update push_timers set due_at = now() where due_at > now()"));
    }

    /// To each reader in turn, numbered.
    private void events() throws SQLException {
        var events = new ArrayList<NewEvent>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(event("r-" + accepted % READERS));
            accepted++;
        }
        idle.bean(EventLog.class).append(events);
    }

    private NewEvent event(String reader) {
        return event(List.of(reader), Optional.empty(), Lanes.of(Priority.NORMAL, reader), accepted);
    }

    private void audience() throws SQLException {
        idle.bean(EventLog.class)
                .append(List.of(event(List.of(), Optional.of(BIG), Lanes.of(Priority.NORMAL, BIG), audiences)));
        audiences++;
    }

    private static NewEvent event(List<String> recipients, Optional<String> topic, int lane, int n) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                KEY,
                Optional.empty(),
                new byte[0],
                lane,
                "crash",
                "general",
                Priority.NORMAL,
                recipients,
                topic,
                Optional.empty(),
                "{\"n\":" + n + "}",
                Optional.empty());
    }

    private void broadcast() {
        Broadcasts all = idle.bean(Broadcasts.class);
        UUID id = all.create(new NewBroadcast(
                new Audience.Users(List.of("r-0", "r-1", "r-2")),
                Map.of("en", new Content("Maintenance tonight", "", null)),
                "news",
                Priority.NORMAL,
                Optional.empty(),
                WAVES,
                NewBroadcast.Push.ON,
                "operator@example.org"));
        assertThat(all.start(id)).isTrue();
        broadcasts.add(id);
    }

    private void awaitDone() {
        await("lanes are empty").atMost(60, SECONDS).until(() -> count("select count(*) from pending_events") == 0);
        await("pushes are sent").atMost(60, SECONDS).until(() -> count("select count(*) from push_timers") == 0);
        Broadcasts all = idle.bean(Broadcasts.class);
        await("broadcasts are sent").atMost(60, SECONDS).until(() -> broadcasts.stream()
                .map(id -> all.find(id).orElseThrow())
                .allMatch(b ->
                        b.state() == BroadcastState.SENT && b.push().state().equals("done")));
    }

    private void inboxesHoldEachOnceAndInOrder() {
        assertThat(count("select count(*) from dead_letters")).isZero();
        assertThat(count("select count(*) from notifications")).isEqualTo(accepted + (long) audiences * FOLLOWERS);
        assertThat(count("select count(distinct (event_id, user_id)) from notifications"))
                .isEqualTo(accepted + (long) audiences * FOLLOWERS);
        assertThat(count("select count(distinct event_id) from notifications")).isEqualTo(accepted + audiences);
        assertThat(count("select count(distinct (user_id, created_offset)) from notifications"))
                .as("offsets of their own")
                .isEqualTo(accepted + (long) audiences * FOLLOWERS);
        assertThat(count("""
                        select count(*) from (
                            select (e.data ->> 'n')::int as n, lag((e.data ->> 'n')::int) over (
                                partition by n.user_id order by n.created_offset) as before
                            from notifications n join events e on e.id = n.event_id) x
                        where before > n
                        """))
                .as("notifications behind one that was accepted later")
                .isZero();
    }

    /// Twice where a dispatcher died between the note of a try and that of its answer, and then the first try says so.
    /// Where it happened to the second try too, there is no third: it may be on the phone twice already, or not at
    /// all.
    private void phonesGotEachOnce(FcmSimulator fcm) {
        Map<String, Long> shown = fcm.messages().stream()
                .collect(Collectors.groupingBy(m -> m.data("id") + " " + m.token(), Collectors.counting()));
        Set<String> wanted = strings("""
                select n.id || ' ' || d.token from notifications n join devices d on d.user_id = n.user_id
                union select id || ' r-' || n || '.phone' from broadcasts cross join generate_series(0, 2) n
                """);
        Set<String> givenUp = strings("""
                select a.subject_id || ' ' || d.token from push_attempts a
                join devices d on d.user_id = a.user_id and d.id = a.device_id where a.outcome = 'sending'
                group by a.subject_id, d.token having count(*) > 1
                """);
        Set<String> unclear = strings("""
                select a.subject_id || ' ' || d.token from push_attempts a
                join devices d on d.user_id = a.user_id and d.id = a.device_id where a.outcome = 'sending'
                """);
        Set<String> missing = new HashSet<>(wanted);
        missing.removeAll(shown.keySet());
        assertThat(wanted).containsAll(shown.keySet());
        assertThat(givenUp).as("pushes in which two dispatchers died").containsAll(missing);
        assertThat(shown.values()).allMatch(times -> times <= 2);
        assertThat(unclear).as("tries that dispatchers died in").isNotEmpty();
        assertThat(unclear)
                .containsAll(shown.entrySet().stream()
                        .filter(one -> one.getValue() > 1)
                        .map(Map.Entry::getKey)
                        .toList());
    }

    private void wavesAreWhole() {
        for (UUID id : broadcasts) {
            List<Integer> waves = jdbi.withHandle(h -> h.createQuery(
                            "select bucket_from from announcements where broadcast_id = :id order by \"offset\"")
                    .bind("id", id)
                    .mapTo(Integer.class)
                    .list());
            assertThat(waves).containsExactly(0, 256, 512, 768);
        }
    }

    private long count(String sql) {
        return jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
    }

    private Set<String> strings(String sql) {
        return new HashSet<>(
                jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).list()));
    }
}
