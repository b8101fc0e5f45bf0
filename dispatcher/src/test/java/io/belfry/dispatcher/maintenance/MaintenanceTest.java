package io.belfry.dispatcher.maintenance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxActs;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.Recovery;
import io.belfry.core.inbox.Superseding;
import io.belfry.core.inbox.Written;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.HandClock;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Days and months of an installation, by hand.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MaintenanceTest {
    private static final MaintenanceSettings SETTINGS = new MaintenanceSettings(
            LocalTime.of(3, 0),
            7,
            Duration.ofDays(35),
            Duration.ofDays(90),
            Duration.ofDays(90),
            Duration.ofDays(30),
            Duration.ofDays(90),
            Duration.ofDays(270),
            Duration.ofHours(24));

    private final TestDatabase database;
    private final RedisServer redis;
    private final DispatcherNode node;
    private final Jdbi jdbi;
    private final InboxLog inboxes;
    private final InboxActs acts;
    /// Noon, since maintenance begins at a time of day.
    private final HandClock clock =
            new HandClock(Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(12)));

    MaintenanceTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        this.node = DispatcherNode.idle(database, redis.url());
        this.jdbi = node.bean(Jdbi.class);
        this.inboxes = node.bean(InboxLog.class);
        this.acts = node.bean(InboxActs.class);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    /// Each test is a day further on.
    @BeforeEach
    void nextDay() {
        clock.advance(Duration.ofDays(1));
        jdbi.useHandle(h -> h.execute("update maintenance set claim = null, claimed_until = null"));
    }

    private Maintenance maintenance() {
        return new Maintenance(
                new Turn(jdbi, SETTINGS, clock),
                new Partitions(jdbi),
                new Expiry(jdbi, node.bean(Feeds.class), SETTINGS),
                new Leftovers(jdbi, SETTINGS),
                SETTINGS,
                clock,
                new SimpleMeterRegistry());
    }

    private Maintenance.Report run() {
        return maintenance().run().orElseThrow();
    }

    // Inboxes -----------------------------------------------------------------------------------------------------

    /// Accepted and dispatched now, by the clock of the test.
    private List<Written> write(String user, int count) throws SQLException {
        NewEvent[] events = new NewEvent[count];
        for (int i = 0; i < count; i++) {
            events[i] = event(user);
        }
        new EventLog(jdbi).append(List.of(events));
        return jdbi.<List<Written>, SQLException>inTransaction(h -> {
            h.execute("delete from pending_events");
            return new InboxWriter(new Superseding())
                    .write(
                            h.getConnection(),
                            List.of(events).stream()
                                    .map(e -> notification(e, user))
                                    .toList(),
                            List.of(user));
        });
    }

    private NewEvent event(String user) {
        return new NewEvent(
                EventId.mint(clock),
                new UUID(0, 1),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, user),
                "a.b",
                "general",
                Priority.NORMAL,
                List.of(user),
                Optional.empty(),
                Optional.empty(),
                "{}",
                Optional.empty());
    }

    private static NewNotification notification(NewEvent event, String user) {
        return new NewNotification(
                NotificationId.of(event.id(), user),
                user,
                event.id(),
                event.type(),
                event.category(),
                event.priority(),
                null,
                null,
                null,
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Send(Duration.ofMillis(60_000))));
    }

    /// What the inbox says of itself is what there is in it.
    private Counts exact(String user) {
        Counts counted = jdbi.withHandle(h -> h.createQuery("""
                        select count(*), count(*) filter (where not is_read(n.read_at, n.created_offset, n.unread_offset, i.read_through, i.read_through_changed)),
                               count(*) filter (where not is_seen(n.read_at, n.created_offset, n.unread_offset, i.read_through, i.seen_through))
                        from inboxes i join notifications n using (user_id) join events e on e.id = n.event_id
                        where i.user_id = :user and n.place is null
                        """)
                .bind("user", user)
                .map((row, c) -> new Counts(row.getInt(1), row.getInt(2), row.getInt(3)))
                .one());
        assertThat(inboxes.position(user).counts()).isEqualTo(counted);
        assertThat(inboxes.list(user, OptionalLong.empty(), 100).items()).hasSize(Math.min(100, counted.total()));
        return counted;
    }

    private long count(String sql, Object... arguments) {
        return jdbi.withHandle(h -> h.select(sql, arguments).mapTo(Long.class).one());
    }

    private List<String> partitions(String parent) {
        return jdbi.withHandle(h -> h.createQuery("select c.relname from pg_inherits i join pg_class c on"
                        + " c.oid = i.inhrelid where i.inhparent = cast(:parent as regclass) order by 1")
                .bind("parent", parent)
                .mapTo(String.class)
                .list());
    }

    private String weekOf(String parent, Instant time) {
        return parent + "_"
                + jdbi.withHandle(
                        h -> h.createQuery("select to_char(date_trunc('week', cast(:at as timestamptz) at time"
                                        + " zone 'UTC'), 'YYYYMMDD')")
                                .bind("at", time.toString())
                                .mapTo(String.class)
                                .one());
    }

    private Instant endOfWeek(Instant time) {
        String week = weekOf("notifications", time);
        return new Partitions(jdbi)
                .endedBy(Partitions.Parent.NOTIFICATIONS, time.plus(Duration.ofDays(8))).stream()
                        .filter(w -> w.name().equals(week))
                        .findFirst()
                        .map(Partitions.Week::end)
                        .orElseThrow();
    }

    // Tests -------------------------------------------------------------------------------------------------------

    @Test
    void itIsDoneOnceADayByWhomeverComesFirst() {
        assertThat(maintenance().run()).isPresent();
        assertThat(maintenance().run()).isEmpty();

        Instant three = clock.instant()
                .atOffset(ZoneOffset.UTC)
                .plusDays(1)
                .with(LocalTime.of(2, 59))
                .toInstant();
        clock.advance(Duration.between(clock.instant(), three));
        assertThat(maintenance().run()).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        assertThat(maintenance().run()).isPresent();
        assertThat(maintenance().run()).isEmpty();
    }

    @Test
    void theTurnOfADispatcherThatDiedLapses() {
        Turn dying = new Turn(jdbi, SETTINGS, clock);
        UUID claim = dying.claim().orElseThrow();

        assertThat(maintenance().run()).isEmpty();
        clock.advance(Duration.ofMinutes(4));
        assertThat(dying.keep(claim)).isTrue();
        clock.advance(Duration.ofMinutes(4));
        assertThat(maintenance().run()).isEmpty();
        clock.advance(Duration.ofMinutes(2));
        assertThat(maintenance().run()).isPresent();
        assertThat(dying.keep(claim)).isFalse();
    }

    @Test
    void thereArePartitionsForFiveWeeksToCome() throws Exception {
        clock.advance(Duration.ofDays(200));
        assertThat(run().isComplete()).isTrue();

        for (String parent : List.of("events", "notifications", "push_attempts")) {
            assertThat(partitions(parent))
                    .contains(
                            weekOf(parent, clock.instant()),
                            weekOf(parent, clock.instant().plus(Duration.ofDays(34))));
        }
        write("ahead", 1);
        assertThat(count("select count(*) from " + weekOf("notifications", clock.instant())
                        + " where user_id = 'ahead'"))
                .isEqualTo(1);
    }

    /// As after months without any dispatcher.
    @Test
    void whatLandedOutsideIsMovedIntoItsPartition() throws Exception {
        clock.advance(Duration.ofDays(300));
        write("outside", 3);
        assertThat(count("select count(*) from notifications_other where user_id = 'outside'"))
                .isEqualTo(3);

        assertThat(run().isComplete()).isTrue();

        String week = weekOf("notifications", clock.instant());
        assertThat(count("select count(*) from " + week + " where user_id = 'outside'"))
                .isEqualTo(3);
        assertThat(exact("outside")).isEqualTo(new Counts(3, 3, 3));
        List<Written> more = write("outside", 1);
        acts.perform(
                "outside",
                new InboxAct.Read(List.of(more.getFirst().notification().id())));
        assertThat(exact("outside")).isEqualTo(new Counts(4, 3, 3));
    }

    @Test
    void oldNotificationsGoAndTheCountsStayExact() throws Exception {
        run();
        List<String> people = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            people.add("reader-" + i);
        }
        for (String user : people) {
            write(user, 6);
        }
        Instant old = clock.instant();
        String oldWeek = weekOf("notifications", old);
        Instant endOfOldWeek = endOfWeek(old);
        clock.advance(Duration.ofDays(80));
        run();
        for (String user : people) {
            write(user, 2);
            acts.markReadThrough(user, 3);
            acts.markSeenThrough(user, 7);
        }
        List<Written> read = write("reader-0", 1);
        acts.perform(
                "reader-0",
                new InboxAct.Read(List.of(
                        inboxes.list("reader-0", OptionalLong.empty(), 100)
                                .items()
                                .get(4)
                                .id(),
                        read.getFirst().notification().id())));
        assertThat(exact("reader-1")).isEqualTo(new Counts(8, 5, 1));
        assertThat(exact("reader-0")).isEqualTo(new Counts(9, 4, 1));
        long before = inboxes.position("reader-1").head();
        Queue<FeedMessage> told = new ConcurrentLinkedQueue<>();
        RedisClient client = RedisClient.create(redis.url());
        try (var gateway = client.connectPubSub(ByteArrayCodec.INSTANCE)) {
            gateway.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] channel, byte[] message) {
                    told.add(FeedMessage.decode(message));
                }
            });
            gateway.sync().subscribe(FeedNames.inbox("reader-1"));

            clock.advance(Duration.ofDays(20));
            Maintenance.Report report = run();

            assertThat(report.isComplete()).isTrue();
            assertThat(report.done())
                    .containsEntry("notifications removed", 180)
                    .containsEntry("inboxes changed", 30);
            await().atMost(10, SECONDS).until(() -> !told.isEmpty());
        } finally {
            client.shutdown();
        }
        assertThat(exact("reader-1")).isEqualTo(new Counts(2, 2, 1));
        assertThat(exact("reader-0")).isEqualTo(new Counts(3, 2, 1));
        assertThat(partitions("notifications")).doesNotContain(oldWeek);
        assertThat(partitions("events")).doesNotContain(weekOf("events", old));
        assertThat(count("select count(*) from push_timers where user_id like 'reader-%' and created_offset <= 6"))
                .isZero();
        FeedMessage message = told.element();
        assertThat(message.offset()).isEqualTo(before + 1);
        assertThat(new ObjectMapper().readTree(message.data()))
                .isEqualTo(new ObjectMapper()
                        .readTree("{\"kind\":\"expired\",\"before\":\"" + endOfOldWeek
                                + "\",\"counts\":{\"total\":2,\"unread\":2,\"unseen\":1}}"));

        // Who was there goes on; who was not must load again.
        write("reader-1", 1);
        assertThat(inboxes.recover("reader-1", before, 100, 100_000)).isInstanceOf(Recovery.Reload.class);
        assertThat(inboxes.recover("reader-1", before + 1, 100, 100_000))
                .isInstanceOfSatisfying(Recovery.Complete.class, complete -> assertThat(complete.changes())
                        .hasSize(1));
    }

    @Test
    void countsStayExactWhilePeopleReadAndGetMore() throws Exception {
        run();
        List<String> people = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            people.add("busy-" + i);
            write("busy-" + i, 20);
        }
        clock.advance(Duration.ofDays(85));
        run();
        var over = new AtomicBoolean();
        Callable<Integer> life = () -> {
            int done = 0;
            for (; !over.get() || done < 40; done++) {
                String user = people.get(done % people.size());
                var items = inboxes.list(user, OptionalLong.empty(), 100).items();
                switch (items.isEmpty() ? 0 : done % 3) {
                    case 0 -> write(user, 1);
                    case 1 ->
                        acts.perform(
                                user,
                                new InboxAct.Read(List.of(
                                        items.get(done % items.size()).id(),
                                        items.getLast().id())));
                    default -> acts.markReadThrough(user, items.getLast().offset() + done % 5);
                }
            }
            return done;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> lives = List.of(threads.submit(life), threads.submit(life), threads.submit(life));
            clock.advance(Duration.ofDays(14));
            await().atMost(30, SECONDS)
                    .until(() -> inboxes.position("busy-3").counts().total() > 20);
            Expiry expiry = new Expiry(jdbi, node.bean(Feeds.class), SETTINGS);
            Instant old = clock.instant().minus(Duration.ofDays(99));
            String week = weekOf("notifications", old);
            Instant before = endOfWeek(old);
            Expiry.Batch batch = new Expiry.Batch(Optional.of(""), 0, 0);
            // Other tests may have left some in that week.
            long there = count("select count(*) from " + week);
            int removed = 0;
            do {
                batch = expiry.next(week, before, batch.last().orElseThrow());
                removed += batch.notifications();
            } while (batch.last().isPresent());
            over.set(true);
            for (Future<Integer> one : lives) {
                assertThat(one.get(60, SECONDS)).isGreaterThanOrEqualTo(40);
            }
            assertThat(there).isGreaterThanOrEqualTo(1400);
            assertThat(removed).isEqualTo((int) there);
        }
        people.forEach(this::exact);
        assertThat(run().isComplete()).isTrue();
        people.forEach(this::exact);
    }

    @Test
    void eventsThatWaitToBeDispatchedAreKept() throws Exception {
        run();
        NewEvent waiting = event("late");
        new EventLog(jdbi).append(List.of(waiting));
        clock.advance(Duration.ofDays(120));

        assertThat(run().isComplete()).isTrue();
        assertThat(count("select count(*) from events where id = ?", waiting.id()))
                .isEqualTo(1);

        jdbi.useHandle(h -> h.execute("delete from pending_events"));
        clock.advance(Duration.ofDays(1));
        run();
        assertThat(count("select count(*) from events where id = ?", waiting.id()))
                .isZero();
    }

    @Test
    void keysSessionsAttemptsAndTimersEnd() throws Exception {
        Instant now = clock.instant();
        jdbi.useTransaction(h -> {
            h.execute(
                    "insert into idempotency_keys (api_key_id, key, body_hash, event_id, accepted_at)"
                            + " select gen_random_uuid(), 'k' || n, '\\x00', gen_random_uuid(), cast(? as timestamptz) - n * interval"
                            + " '1 hour' from generate_series(1, 40) n",
                    now.toString());
            h.execute(
                    "insert into operators (email, name, password_hash, role) values ('o@example.org', 'O', 'x', 'admin')");
            h.execute(
                    "insert into operator_sessions (token_hash, operator_id, csrf_secret, address, user_agent, expires_at)"
                            + " select int4send(n), id, '\\x00', '', '', cast(? as timestamptz) + (n - 10) * interval '1 hour'"
                            + " from operators, generate_series(1, 20) n",
                    now.toString());
            h.execute(
                    "insert into push_attempts (id, subject_id, user_id, device_id, attempt)"
                            + " select uuid_floor(cast(? as timestamptz) - n * interval '1 day'), gen_random_uuid(), 'u', 'd', 1"
                            + " from generate_series(1, 60) n",
                    now.toString());
            h.execute(
                    "insert into push_timers (user_id, created_offset, notification_id, priority, due_at)"
                            + " select 'untold', n, gen_random_uuid(), n % 4, cast(? as timestamptz) - n * interval '1 day'"
                            + " from generate_series(1, 40) n",
                    now.toString());
        });

        Maintenance.Report report = run();

        assertThat(report.isComplete()).isTrue();
        assertThat(report.done())
                .containsEntry("idempotency keys removed", 16)
                .containsEntry("sessions removed", 9)
                .containsEntry("push timers removed", 12);
        assertThat(count("select count(*) from push_attempts where user_id = 'u'"))
                .isBetween(30L, 37L);
    }

    @Test
    void ofAnOldBroadcastOnlyItselfStays() {
        Broadcasts broadcasts = node.bean(Broadcasts.class);
        UUID old = sent(broadcasts, 100, Optional.empty());
        UUID valid = sent(broadcasts, 100, Optional.of(Duration.ofDays(10)));
        UUID recent = sent(broadcasts, 80, Optional.empty());

        assertThat(run().done()).containsEntry("rows of broadcasts removed", 24);

        assertThat(rowsOf(old)).isZero();
        assertThat(rowsOf(valid)).isEqualTo(24);
        assertThat(rowsOf(recent)).isEqualTo(24);
        assertThat(broadcasts.find(old)).isPresent();
    }

    /// To 20 users, in two waves, read by one, with one device to be tried again.
    private UUID sent(Broadcasts broadcasts, int daysAgo, Optional<Duration> validFor) {
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            users.add("addressed-" + i);
        }
        UUID id = broadcasts.create(new NewBroadcast(
                new Audience.Users(users),
                Map.of("en", new Content("Hello", "", null)),
                "news",
                Priority.NORMAL,
                Optional.empty(),
                2,
                NewBroadcast.Push.OFF,
                "operator@example.org"));
        broadcasts.start(id);
        jdbi.useTransaction(h -> {
            h.execute(
                    "update broadcasts set state = 'sent', waves_done = 2, finished_at = cast(? as timestamptz), valid_until ="
                            + " cast(? as timestamptz) where id = ?",
                    clock.instant().minus(Duration.ofDays(daysAgo)).toString(),
                    validFor.map(v -> clock.instant().plus(v).toString()).orElse(null),
                    id);
            h.execute(
                    "insert into announcements (\"offset\", broadcast_id, bucket_from, bucket_to)"
                            + " select (select coalesce(max(\"offset\"), 0) from announcements) + n, ?, n * 512 - 512, n * 512"
                            + " from generate_series(1, 2) n",
                    id);
            h.execute(
                    "insert into announcement_reads (user_id, broadcast_id, changed_offset) values ('addressed-1', ?, 1)",
                    id);
            h.execute(
                    "insert into broadcast_push_retries (broadcast_id, user_id, device_id, due_at) values (?, 'addressed-2', 'phone', now())",
                    id);
        });
        return id;
    }

    private long rowsOf(UUID broadcast) {
        return count(
                "select (select count(*) from announcements where broadcast_id = b.id)"
                        + " + (select count(*) from broadcast_audience where broadcast_id = b.id)"
                        + " + (select count(*) from announcement_reads where broadcast_id = b.id)"
                        + " + (select count(*) from broadcast_push_retries where broadcast_id = b.id)"
                        + " from broadcasts b where id = ?",
                broadcast);
    }

    /// A query that runs for long, such as a backup's, holds a lock on all tables.
    @Test
    void nobodyWaitsBehindAMaintenanceThatCannotGetItsLock() throws Exception {
        run();
        write("blocked", 2);
        Instant old = clock.instant();
        clock.advance(Duration.ofDays(100));
        try (Connection backup = database.dataSource().getConnection()) {
            backup.setAutoCommit(false);
            backup.createStatement()
                    .executeQuery("select count(*) from notifications")
                    .close();

            Maintenance.Report report = run();

            assertThat(report.isComplete()).isFalse();
            backup.rollback();
        }
        assertThat(partitions("notifications")).contains(weekOf("notifications", old));
        exact("blocked");
        assertThat(maintenance().run()).as("not at once").isEmpty();
        clock.advance(Duration.ofMinutes(11));
        assertThat(run().isComplete()).isTrue();
        assertThat(partitions("notifications")).doesNotContain(weekOf("notifications", old));
        assertThat(exact("blocked")).isEqualTo(Counts.NONE);
    }

    @Test
    void receiptsGoWhenNothingIsLeftToWhichTheyCouldApply() {
        jdbi.useHandle(h -> {
            h.execute("insert into receipts (user_id, device_id, received_at) select 'old-' || n, 'd'," + " cast('"
                    + clock.instant().minus(Duration.ofDays(91)) + "' as timestamptz) from generate_series(1, 250) n");
            h.execute("insert into receipts (user_id, device_id, received_at) values ('old-7', 'e'," + " cast('"
                    + clock.instant().minus(Duration.ofDays(80)) + "' as timestamptz))");
        });

        clock.advance(Duration.ofDays(1));
        run();

        List<String> left = jdbi.withHandle(
                h -> h.createQuery("select user_id || device_id from receipts where user_id like 'old-%'")
                        .mapTo(String.class)
                        .list());
        assertThat(left).containsExactly("old-7e");
    }

    @Test
    void phonesThatNobodyHasHeardOfForLongGo() {
        jdbi.useHandle(h -> {
            h.execute(
                    "insert into devices (user_id, id, token, platform, registered_at)"
                            + " select 'stale-' || n, 'd', 'stale-' || n, 'android', cast(? as timestamptz)"
                            + " from generate_series(1, 20) n",
                    clock.instant().minus(Duration.ofDays(270)).toString());
            h.execute("update devices set registered_at = registered_at + interval '2 days' where token = 'stale-3'");
            h.execute(
                    "insert into receipts (user_id, device_id, received_at) values ('stale-5', 'd', cast(? as timestamptz))",
                    clock.instant().minus(Duration.ofDays(40)).toString());
        });

        clock.advance(Duration.ofDays(1));
        run();

        List<String> left = jdbi.withHandle(
                h -> h.createQuery("select token from devices where token like 'stale-%' order by token")
                        .mapTo(String.class)
                        .list());
        assertThat(left).as("those that registered again or received").containsExactly("stale-3", "stale-5");
    }

    @Test
    void eventsAreKeptAtLeastAsLongAsTheirNotifications() {
        assertThatThrownBy(() -> new MaintenanceSettings(
                        LocalTime.MIDNIGHT,
                        100,
                        Duration.ofDays(35),
                        Duration.ofDays(90),
                        Duration.ofDays(89),
                        Duration.ofDays(30),
                        Duration.ofDays(90),
                        Duration.ofDays(270),
                        Duration.ofHours(24)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("belfry.maintenance.keep-events: PT2136H");
    }
}
