package io.belfry.dispatcher.erasure;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.user.Erasure;
import io.belfry.core.user.Erasures;
import io.belfry.core.user.UserProfile;
import io.belfry.core.user.Users;
import io.belfry.dispatcher.Dispatcher;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Users are erased, and nothing but a pseudonym is left.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErasureTest {
    private static final ErasureSettings SETTINGS = new ErasureSettings(Duration.ofDays(1), Duration.ZERO, 3);

    private final DispatcherNode node;
    private final Jdbi jdbi;
    private final Erasures erasures;
    private final Past past;

    ErasureTest(TestDatabase database, RedisServer redis) {
        // Does nothing but what is called here.
        node = DispatcherNode.start(
                database, redis.url(), Map.of("belfry.dispatcher.poll-every", "1h", "belfry.erasure.every", "1h"));
        jdbi = node.bean(Jdbi.class);
        erasures = node.bean(Erasures.class);
        past = new Past(jdbi, SETTINGS);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private UUID accept(List<String> recipients, Optional<String> topic, Optional<String> actor, String data)
            throws SQLException {
        UUID id = EventId.mint(Clock.systemUTC());
        String order = recipients.isEmpty() ? topic.orElseThrow() : recipients.getFirst();
        node.bean(EventLog.class)
                .append(List.of(new NewEvent(
                        id,
                        UUID.randomUUID(),
                        Optional.empty(),
                        new byte[0],
                        Lanes.of(Priority.NORMAL, order),
                        "erasure.test",
                        "general",
                        Priority.NORMAL,
                        recipients,
                        topic,
                        actor,
                        data,
                        Optional.empty())));
        return id;
    }

    private UUID accept(String data, String... recipients) throws SQLException {
        return accept(List.of(recipients), Optional.empty(), Optional.empty(), data);
    }

    private void dispatch() throws SQLException {
        Dispatcher.Progress progress = Dispatcher.Progress.QUEUE;
        while (progress != Dispatcher.Progress.NOTHING) {
            progress = node.bean(Dispatcher.class).dispatchNext(Priority.NORMAL, 1);
        }
    }

    private Erasure erase(String user) {
        Erasure erasure = erasures.begin(user, "test").orElseThrow();
        boolean more = true;
        while (more) {
            more = past.scrubNext();
        }
        return erasures.find(erasure.id()).orElseThrow();
    }

    private void put(String user) {
        node.bean(Users.class).put(List.of(new UserProfile(user, Optional.empty(), Optional.empty(), "{}")));
    }

    private Map<String, Object> event(UUID id) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select coalesce(actor, '') as actor, array_to_string(recipients, ' ') as recipients, data::text"
                                + " from events where id = :id")
                .bind("id", id)
                .mapToMap()
                .one());
    }

    private List<String> tablesOfUsers() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
                        where a.attname = 'user_id' and c.relkind in ('r', 'p') and not c.relispartition
                            and c.relnamespace = 'public'::regnamespace and c.relname not in ('erasures', 'token_revocations') order by 1
                        """).mapTo(String.class).list());
    }

    private long rowsOf(String table, String user) {
        return jdbi.withHandle(h -> h.createQuery("select count(*) from " + table + " where user_id = :user")
                .bind("user", user)
                .mapTo(Long.class)
                .one());
    }

    /// A table with a column `user_id` that is new to this test fails it, until it is filled here and emptied there.
    /// Tokens that were revoked stay revoked: those rows end with the tokens.
    @Test
    void leavesNothingUnderTheIdInAnyTable() throws SQLException {
        for (String user : List.of("all-ana", "all-ben")) {
            fill(user);
        }
        assertThat(tablesOfUsers())
                .allSatisfy(
                        table -> assertThat(rowsOf(table, "all-ana")).as(table).isPositive());

        Erasure erasure = erase("all-ana");

        assertThat(erasure.finishedAt()).isPresent();
        assertThat(tablesOfUsers()).allSatisfy(table -> {
            assertThat(rowsOf(table, "all-ana")).as(table).isZero();
            assertThat(rowsOf(table, "all-ben")).as(table).isPositive();
        });
        assertThat(node.bean(Users.class).find("all-ana")).isEmpty();
        assertThat(rowsOf("erasures", "all-ana")).isZero();
        assertThat(
                        text(
                                "select string_agg(subject, ' ' order by subject) from audit_log where action = 'device.remove'"))
                .isEqualTo("all-ben " + erasure.pseudonym());
        assertThat(text("select string_agg(audience::text, ' ') from broadcasts"))
                .contains("\"all-ben\"", "\"" + erasure.pseudonym() + "\"")
                .doesNotContain("all-ana");
    }

    private String text(String query) {
        return jdbi.withHandle(h -> h.createQuery(query).mapTo(String.class).one());
    }

    private void fill(String user) throws SQLException {
        UUID event = accept("{}", user);
        dispatch();
        UUID broadcast = node.bean(Broadcasts.class)
                .create(new NewBroadcast(
                        new Audience.Users(List.of(user, "all-cleo")),
                        Map.of("en", new Content("t", "b", null)),
                        "general",
                        Priority.NORMAL,
                        Optional.empty(),
                        1,
                        NewBroadcast.Push.ON,
                        "op@example.com"));
        jdbi.useHandle(h -> {
            h.execute("insert into topic_followers (topic, user_id) values ('t', ?)", user);
            h.execute("insert into devices (user_id, id, token, platform) values (?, 'd', ?, 'web')", user, user);
            h.execute("insert into user_preferences (user_id) values (?)", user);
            h.execute(
                    "insert into unlisted_notifications (id, user_id, event_id, type, category, priority, reason)"
                            + " values (?, ?, ?, 't', 'general', 2, 'muted')",
                    UUID.randomUUID(),
                    user,
                    event);
            h.execute(
                    "insert into snoozes (notification_id, user_id, due_at) values (gen_random_uuid(), ?, now() + interval '1 day')",
                    user);
            h.execute(
                    "insert into recent_uses (user_id, key, began_at, uses, ends_at) values (?, ?, now(), 1, now() + interval '1 day')",
                    user,
                    UUID.randomUUID());
            h.execute("insert into receipts (user_id, device_id) values (?, 'd')", user);
            h.execute(
                    "insert into dead_letters (kind, subject_id, user_id, reason) values ('push', ?, ?, '')",
                    event,
                    user);
            h.execute(
                    "insert into push_timers (user_id, created_offset, notification_id, priority, due_at)"
                            + " values (?, 1, ?, 2, now()) on conflict do nothing",
                    user,
                    UUID.randomUUID());
            h.execute(
                    "insert into digests (user_id, api_key_id, type, key, category, priority, opened_at, due_at, closes_at,"
                            + " count) values (?, ?, 't', '', 'general', 2, now(), now() + interval '1 day',"
                            + " now() + interval '1 day', 1)",
                    user,
                    UUID.randomUUID());
            h.execute(
                    "insert into repeats (notification_id, user_id, event_id, due_at, every_ms, rest)"
                            + " values (?, ?, ?, now() + interval '1 day', 60000, 3)",
                    UUID.randomUUID(),
                    user,
                    UUID.randomUUID());
            h.execute(
                    "insert into push_corrections (notification_id, device_id, user_id, kind, due_at)"
                            + " values (?, 'd', ?, 'withdraw', now() + interval '1 day')",
                    UUID.randomUUID(),
                    user);
            h.execute("insert into broadcast_audience (broadcast_id, user_id) values (?, ?)", broadcast, user);
            h.execute(
                    "insert into broadcast_push_retries (broadcast_id, user_id, device_id, due_at) values (?, ?, 'd', now())",
                    broadcast,
                    user);
            h.execute(
                    "insert into announcement_reads (user_id, broadcast_id, changed_offset) values (?, ?, 2)",
                    user,
                    broadcast);
            for (UUID subject : List.of(broadcast, notification(user))) {
                h.execute(
                        "insert into push_attempts (subject_id, user_id, device_id, attempt) values (?, ?, 'd', 1)",
                        subject,
                        user);
            }
            h.execute("insert into audit_log (actor, action, subject) values ('op', 'device.remove', ?)", user);
        });
    }

    private UUID notification(String user) {
        return node.bean(InboxLog.class)
                .list(user, OptionalLong.empty(), 1)
                .items()
                .getFirst()
                .id();
    }

    @Test
    void putsAPseudonymIntoTheEventsOfThePast() throws SQLException {
        String named =
                "{\"by\":\"past-ana\",\"past-ana\":[\"past-ana\",\"past-anabel\"],\"text\":\"past-ana said\",\"n\":1.50}";
        UUID own = accept(named, "past-ana");
        UUID shared = accept(named, "past-ben", "past-ana");
        UUID caused = accept(List.of("past-ben"), Optional.empty(), Optional.of("past-ana"), "{}");
        UUID ofTopic = accept(List.of("past-ana"), Optional.of("order/1"), Optional.empty(), "{\"k\":1}");
        UUID others = accept("{\"n\":1.50,\"by\":\"past-anabel\"}", "past-ben");
        dispatch();

        Erasure erasure = erase("past-ana");

        String pseudonym = erasure.pseudonym();
        assertThat(pseudonym).matches("erased:[0-9a-f]{24}");
        assertThat(event(own)).containsEntry("recipients", pseudonym).containsEntry("data", "{}");
        assertThat(event(shared))
                .containsEntry("recipients", "past-ben " + pseudonym)
                .containsEntry("data", named.replace("\"past-ana\"", "\"" + pseudonym + "\""));
        assertThat(event(caused)).containsEntry("actor", pseudonym);
        assertThat(event(ofTopic)).containsEntry("recipients", pseudonym).containsEntry("data", "{\"k\":1}");
        assertThat(event(others)).containsEntry("data", "{\"n\":1.50,\"by\":\"past-anabel\"}");
        assertThat(erasure.events()).isEqualTo(4);
    }

    @Test
    void deliversNothingThatWasWaiting() throws SQLException {
        put("wait-ana");
        jdbi.useHandle(h -> h.execute("insert into topic_followers (topic, user_id) values ('wait/1', 'wait-ana')"));
        UUID alone = accept("{\"secret\":1}", "wait-ana");
        UUID later = accept("{\"secret\":2}", "wait-ana", "wait-cleo");
        jdbi.useHandle(h -> h.execute("""
                with taken as (delete from pending_events where event_id = ? returning event_id, lane, named)
                insert into scheduled_events (event_id, due_at, lane, named)
                select event_id, now() + interval '1 year', lane, named from taken
                """, later));
        accept("{}", "wait-ana", "wait-ben");
        accept(List.of(), Optional.of("wait/1"), Optional.empty(), "{}");

        erasures.begin("wait-ana", "test");
        dispatch();

        assertThat(node.bean(Users.class).find("wait-ana")).isEmpty();
        assertThat(rowsOf("inboxes", "wait-ana")).isZero();
        assertThat(rowsOf("inboxes", "wait-ben")).isEqualTo(1);
        assertThat(event(alone)).containsEntry("data", "{}");
        assertThat(event(later)).containsEntry("recipients", "wait-cleo");
    }

    /// A dispatcher that has claimed an event writes for whom it was when it claimed it.
    @Test
    void waitsForABatchThatIsUnderWay() throws SQLException {
        put("race-ana");
        CompletableFuture<Optional<Erasure>> erasing = jdbi.inTransaction(h -> {
            h.execute("select id from lanes where id = ? for update", Lanes.of(Priority.NORMAL, "race-ana"));
            h.execute("insert into users (id) values ('race-ana') on conflict do nothing");
            var begun = CompletableFuture.supplyAsync(() -> erasures.begin("race-ana", "test"));
            await().atMost(10, SECONDS).until(() -> isLaneWaitedFor());
            h.execute("insert into users (id) values ('race-ana') on conflict do nothing");
            h.execute("insert into inboxes (user_id, head, total, unread, unseen) values ('race-ana', 1, 1, 1, 1)");
            return begun;
        });

        assertThat(erasing.join()).isPresent();
        assertThat(rowsOf("inboxes", "race-ana")).isZero();
        assertThat(node.bean(Users.class).find("race-ana")).isEmpty();
    }

    private boolean isLaneWaitedFor() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select exists (select 1 from pg_stat_activity
                                       where wait_event_type = 'Lock' and query like '%from lanes%')
                        """).mapTo(Boolean.class).one());
    }

    @Test
    void makesANewUserOfWhoIsNamedLater() throws SQLException {
        put("new-ana");
        accept("{}", "new-ana");
        dispatch();
        erase("new-ana");
        jdbi.useHandle(h -> h.execute("update erasures set requested_at = requested_at - interval '1 hour'"));

        UUID later = accept("{\"n\":2}", "new-ana");
        dispatch();

        assertThat(past.scrubNext()).isFalse();
        assertThat(node.bean(InboxLog.class).position("new-ana").head()).isEqualTo(1);
        assertThat(event(later)).containsEntry("recipients", "new-ana").containsEntry("data", "{\"n\":2}");
        assertThat(erasures.begin("new-ana", "test")).isPresent();
        assertThat(erasures.begin("nobody", "test")).isEmpty();
    }

    @Test
    void theWorkerGoesThroughThePastByItself(TestDatabase database, RedisServer redis) throws SQLException {
        put("work-ana");
        UUID event = accept("{\"by\":\"work-ana\"}", "work-ben");
        Erasure erasure = erasures.begin("work-ana", "test").orElseThrow();
        try (DispatcherNode working = DispatcherNode.start(
                database,
                redis.url(),
                Map.of("belfry.erasure.every", "50ms", "belfry.erasure.settle", "0s", "belfry.erasure.page", 2))) {
            assertThat(working.bean(ErasureSettings.class).page()).isEqualTo(2);
            await().atMost(20, SECONDS).until(() -> erasures.find(erasure.id())
                    .orElseThrow()
                    .finishedAt()
                    .isPresent());
        }
        assertThat(event(event)).containsEntry("data", "{\"by\":\"" + erasure.pseudonym() + "\"}");
        assertThat(erasure.requestedAt()).isBeforeOrEqualTo(Instant.now());
    }
}
