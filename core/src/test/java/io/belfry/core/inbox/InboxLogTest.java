package io.belfry.core.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.belfry.core.database.JdbiFactory;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class InboxLogTest {
    private final Jdbi jdbi;
    private final InboxLog log;

    InboxLogTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.log = new InboxLog(jdbi);
    }

    @Test
    void readingEverythingAgainChangesNothing() throws Exception {
        write("again", 3);

        assertThat(log.markReadThrough("again", 99))
                .hasValueSatisfying(change -> assertThat(change.offset()).isEqualTo(4));
        assertThat(log.markReadThrough("again", 99)).isEmpty();
        assertThat(log.markReadThrough("again", 4)).isEmpty();
        assertThat(log.position("again")).isEqualTo(new InboxPosition(4, new Counts(3, 0, 3)));
    }

    @Test
    void seeingEverythingAgainChangesNothing() throws Exception {
        write("seen", 2);

        assertThat(log.markSeenThrough("seen", 2)).isPresent();
        assertThat(log.markSeenThrough("seen", 3)).isEmpty();
        assertThat(log.position("seen")).isEqualTo(new InboxPosition(3, new Counts(2, 2, 0)));
    }

    @Test
    void readingUpToAnOffsetLeavesWhatCameLaterUnread() throws Exception {
        List<Written> written = write("partly", 4);
        log.markRead("partly", List.of(written.getFirst().notification().id()));

        assertThat(log.markReadThrough("partly", 1)).isEmpty();
        assertThat(log.markReadThrough("partly", 2)).isPresent();

        assertThat(log.position("partly").counts()).isEqualTo(new Counts(4, 2, 4));
        assertThat(log.list("partly", OptionalLong.empty(), 10).items())
                .extracting(InboxItem::offset, InboxItem::read)
                .containsExactly(tuple(4L, false), tuple(3L, false), tuple(2L, true), tuple(1L, true));
    }

    @Test
    void whoeverComesBackGetsThePresentStateInOrder() throws Exception {
        List<Written> written = write("back", 3);
        log.markRead("back", List.of(written.get(1).notification().id()));
        log.markReadThrough("back", 99);

        assertThat(log.recover("back", 1, 10, 100_000))
                .isInstanceOfSatisfying(Recovery.Complete.class, complete -> assertThat(complete.changes())
                        .extracting(InboxChange::offset)
                        .containsExactly(3L, 4L, 5L));
        assertThat(log.recover("back", 5, 10, 100_000))
                .isEqualTo(new Recovery.Complete(log.position("back"), List.of()));
        assertThat(log.recover("back", 6, 10, 100_000)).isInstanceOf(Recovery.Reload.class);
        assertThat(log.recover("back", 0, 2, 100_000)).isInstanceOf(Recovery.Reload.class);
        assertThat(log.recover("back", 0, 10, 10)).isInstanceOf(Recovery.Reload.class);
    }

    private List<Written> write(String user, int count) throws SQLException {
        NewEvent[] events = new NewEvent[count];
        for (int i = 0; i < count; i++) {
            events[i] = event(user);
        }
        new EventLog(jdbi).append(List.of(events));
        return jdbi.<List<Written>, SQLException>inTransaction(handle -> new InboxWriter(new Superseding())
                .write(
                        handle.getConnection(),
                        List.of(events).stream().map(e -> notification(e, user)).toList(),
                        List.of(user)));
    }

    private static NewEvent event(String user) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
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
                new Decision(Verdict.NOW, Verdict.NOW, new Verdict.Suppress(SuppressionReason.NO_DEVICE)));
    }
}
