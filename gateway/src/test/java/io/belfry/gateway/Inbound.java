package io.belfry.gateway;

import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.Written;
import io.micronaut.context.ApplicationContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Puts notifications into inboxes and on feeds, apart, so that a test can lose or reorder what is published.
final class Inbound {
    private final Jdbi jdbi;
    private final InboxWriter writer;
    private final Feeds feeds;

    Inbound(ApplicationContext context) {
        this.jdbi = context.getBean(Jdbi.class);
        this.writer = context.getBean(InboxWriter.class);
        this.feeds = context.getBean(Feeds.class);
    }

    /// Writes notifications for one user and publishes them.
    List<Written> send(String user, int count) {
        List<Written> written = write(user, count);
        publish(written);
        return written;
    }

    /// Writes and publishes notifications with bodies of a given length.
    List<Written> sendLarge(String user, int count, int bytes) {
        List<Written> written = write(user, count, OptionalInt.empty(), "x".repeat(bytes));
        publish(written);
        return written;
    }

    /// Writes notifications for one user, numbered from 1 in their data, and tells nobody.
    List<Written> write(String user, int count) {
        return write(user, count, OptionalInt.empty());
    }

    /// The same with a push planned for each.
    List<Written> write(String user, int count, OptionalInt pushDelayMillis) {
        return write(user, count, pushDelayMillis, "It happened");
    }

    private List<Written> write(String user, int count, OptionalInt pushDelayMillis, String body) {
        return jdbi.inTransaction(h -> {
            try {
                var batch = new ArrayList<NewNotification>();
                for (int i = 1; i <= count; i++) {
                    UUID event = event(h.getConnection(), "{\"n\":" + i + "}", user);
                    batch.add(new NewNotification(
                            NotificationId.of(event, user),
                            user,
                            event,
                            "test.happened",
                            "general",
                            Priority.NORMAL,
                            "Number " + i,
                            body,
                            null,
                            decision(pushDelayMillis)));
                }
                return writer.write(h.getConnection(), batch, List.of(user));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Decision decision(OptionalInt pushDelayMillis) {
        Verdict push = pushDelayMillis.isPresent()
                ? new Verdict.Send(Duration.ofMillis(pushDelayMillis.getAsInt()))
                : new Verdict.Suppress(SuppressionReason.NO_DEVICE);
        return new Decision(Verdict.NOW, Verdict.NOW, push);
    }

    /// Writes notifications for one user whose pushes are due in an hour, and publishes them.
    List<Written> sendWithPush(String user, int count) {
        List<Written> written = write(user, count, OptionalInt.of(3_600_000));
        publish(written);
        return written;
    }

    /// Which of the user's pushes are due within a minute, by the offset of their notification.
    List<Long> duePushes(String user) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select created_offset from push_timers where user_id = :user and due_at < now() + interval '1 minute' order by 1")
                .bind("user", user)
                .mapTo(Long.class)
                .list());
    }

    /// Up to where a device has proved to have its inbox.
    long receivedBy(String user, String device) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select coalesce(max(received_offset), 0) from receipts where user_id = :user and device_id = :device")
                .bind("user", user)
                .bind("device", device)
                .mapTo(Long.class)
                .one());
    }

    Jdbi jdbi() {
        return jdbi;
    }

    private static UUID event(Connection connection, String data, String user) throws SQLException {
        UUID id = EventId.mint(Clock.systemUTC());
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)"
                        + " values (?, now(), ?, 'test.happened', 'general', 2, array[?], ?::json)")) {
            insert.setObject(1, id);
            insert.setObject(2, UUID.randomUUID());
            insert.setString(3, user);
            insert.setString(4, data);
            insert.executeUpdate();
        }
        return id;
    }

    void publish(List<Written> written) {
        feeds.publish(written.stream().map(Inbound::publication).toList()).join();
    }

    private static Feeds.Publication publication(Written written) {
        NewNotification n = written.notification();
        InboxItem item = new InboxItem(
                n.id(),
                written.offset(),
                written.offset(),
                n.type(),
                n.category(),
                n.priority(),
                n.title(),
                n.body(),
                n.link(),
                "{\"n\":0}",
                InboxItem.State.NEW,
                false,
                Optional.empty());
        return new Feeds.Publication(
                FeedNames.inbox(n.userId()),
                new FeedMessage(
                                written.offset(),
                                FeedMessage.Receipt.WANTED,
                                InboxJson.notification(item, written.counts()))
                        .encode());
    }
}
