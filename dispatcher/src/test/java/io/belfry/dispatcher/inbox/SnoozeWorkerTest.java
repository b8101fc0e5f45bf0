package io.belfry.dispatcher.inbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.event.EventId;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.inbox.Inboxes;
import io.belfry.core.inbox.Recovery;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({PostgresExtension.class, RedisExtension.class})
class SnoozeWorkerTest {
    private static final Duration SOON = Duration.ofMillis(1500);

    private final TestDatabase database;
    private final String redisUrl;

    SnoozeWorkerTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redisUrl = redis.url();
    }

    private static UUID notification(DispatcherNode node, String user) {
        UUID id = EventId.mint(Clock.systemUTC());
        node.bean(Jdbi.class).useTransaction(h -> {
            h.execute("insert into users (id) values (?)", user);
            h.execute(
                    "insert into devices (user_id, id, token, platform) values (?, 'phone', ?, 'android')",
                    user,
                    user + ".phone");
            h.execute("insert into inboxes (user_id, head, total, unread, unseen) values (?, 1, 1, 1, 1)", user);
            h.execute(
                    "insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)"
                            + " values (?, now(), ?, 'a.b', 'general', 2, array[?], '{}')",
                    id,
                    UUID.randomUUID(),
                    user);
            h.execute(
                    "insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,"
                            + " priority, title, push) values (?, ?, ?, 1, 1, 'a.b', 'general', 2, 'Hello', 'planned')",
                    id,
                    user,
                    id);
        });
        return id;
    }

    @Test
    void whatIsDueReturnsAsANewOneAndIsPushedAgain() {
        try (FcmSimulator simulator = new FcmSimulator(0);
                DispatcherNode node =
                        DispatcherNode.start(database, redisUrl, Map.of("belfry.push.endpoint", simulator.url()))) {
            UUID id = notification(node, "sleepy");
            // It was pushed before it was snoozed, which says nothing of its return.
            node.bean(Jdbi.class)
                    .useHandle(h -> h.execute(
                            "insert into push_attempts (subject_id, user_id, device_id, attempt, outcome)"
                                    + " values (?, 'sleepy', 'phone', 1, 'accepted')",
                            id));
            Inboxes inboxes = node.bean(Inboxes.class);
            InboxLog log = node.bean(InboxLog.class);
            inboxes.perform("sleepy", new InboxAct.Read(List.of(id)));
            InboxPosition snoozed = inboxes.perform(
                    "sleepy", new InboxAct.Snooze(List.of(id), Instant.now().plus(SOON)));
            assertThat(snoozed).isEqualTo(new InboxPosition(3, Counts.NONE));

            await().atMost(30, SECONDS)
                    .until(() -> log.position("sleepy").equals(new InboxPosition(4, new Counts(1, 1, 1))));
            InboxItem item =
                    log.list("sleepy", OptionalLong.empty(), 10).items().getFirst();
            assertThat(item.offset()).isEqualTo(4);
            assertThat(item.state()).isEqualTo(InboxItem.State.NEW);
            assertThat(log.recover("sleepy", 3, 10, 10_000))
                    .isInstanceOfSatisfying(Recovery.Complete.class, complete -> assertThat(complete.changes())
                            .hasSize(1));
            await().atMost(30, SECONDS).until(() -> !simulator.messages().isEmpty());
            assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("sleepy.phone");
        }
    }

    @Test
    void whatWasArchivedMeanwhileDoesNotReturn() {
        try (DispatcherNode node = DispatcherNode.start(database, redisUrl, Map.of())) {
            UUID archived = notification(node, "tidy");
            UUID other = notification(node, "other");
            Inboxes inboxes = node.bean(Inboxes.class);
            inboxes.perform(
                    "tidy", new InboxAct.Snooze(List.of(archived), Instant.now().plus(SOON)));
            inboxes.perform("tidy", new InboxAct.Archive(List.of(archived)));
            inboxes.perform(
                    "other", new InboxAct.Snooze(List.of(other), Instant.now().plus(SOON)));

            InboxLog log = node.bean(InboxLog.class);
            await().atMost(30, SECONDS)
                    .until(() -> log.position("other").counts().total() == 1);
            await().atMost(30, SECONDS)
                    .until(() -> node.bean(Jdbi.class).withHandle(h -> h.createQuery("select count(*) from snoozes")
                            .mapTo(Integer.class)
                            .one()
                            .equals(0)));
            assertThat(log.position("tidy")).isEqualTo(new InboxPosition(3, Counts.NONE));
        }
    }
}
