package io.belfry.core.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.belfry.core.database.JdbiFactory;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class InboxLogTest {
    private final Jdbi jdbi;
    private final InboxLog log;
    private final InboxActs acts;

    InboxLogTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.log = new InboxLog(jdbi);
        this.acts = new InboxActs(jdbi);
    }

    @Test
    void readingEverythingAgainChangesNothing() throws Exception {
        write("again", 3);

        assertThat(acts.markReadThrough("again", 99))
                .hasValueSatisfying(change -> assertThat(change.offset()).isEqualTo(4));
        assertThat(acts.markReadThrough("again", 99)).isEmpty();
        assertThat(acts.markReadThrough("again", 4)).isEmpty();
        assertThat(log.position("again")).isEqualTo(new InboxPosition(4, new Counts(3, 0, 0)));
    }

    @Test
    void seeingEverythingAgainChangesNothing() throws Exception {
        write("seen", 2);

        assertThat(acts.markSeenThrough("seen", 2)).isPresent();
        assertThat(acts.markSeenThrough("seen", 3)).isEmpty();
        assertThat(log.position("seen")).isEqualTo(new InboxPosition(3, new Counts(2, 2, 0)));
    }

    @Test
    void readingUpToAnOffsetLeavesWhatCameLaterUnread() throws Exception {
        List<Written> written = write("partly", 4);
        acts.perform(
                "partly",
                new InboxAct.Read(List.of(written.getFirst().notification().id())));

        assertThat(acts.markReadThrough("partly", 1)).isEmpty();
        assertThat(acts.markReadThrough("partly", 2)).isPresent();

        assertThat(log.position("partly").counts()).isEqualTo(new Counts(4, 2, 2));
        assertThat(log.list("partly", OptionalLong.empty(), 10).items())
                .extracting(InboxItem::offset, item -> item.state().read())
                .containsExactly(tuple(4L, false), tuple(3L, false), tuple(2L, true), tuple(1L, true));
    }

    @Test
    void whoeverComesBackGetsThePresentStateInOrder() throws Exception {
        List<Written> written = write("back", 3);
        acts.perform(
                "back", new InboxAct.Read(List.of(written.get(1).notification().id())));
        acts.markReadThrough("back", 99);

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
        return new Notifications(jdbi).write(user, count);
    }
}
