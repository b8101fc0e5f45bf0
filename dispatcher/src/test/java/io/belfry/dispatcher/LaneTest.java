package io.belfry.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.event.Priority;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class LaneTest {
    /// The first and the last lane of normal priority.
    private static final int FIRST = 16;

    private static final int LAST = 23;

    private final TestDatabase database;
    private final Lane lane = new Lane();

    LaneTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from pending_events")) {
            delete.executeUpdate();
        }
    }

    private void accept(int into) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into pending_events (lane, event_id) values (?, ?)")) {
            insert.setInt(1, into);
            insert.setObject(2, UUID.randomUUID());
            insert.executeUpdate();
        }
    }

    private Connection transaction() throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /// One worker took the lane of the lowest number for as long as it had work, and events of others waited for
    /// seconds.
    @Test
    void drainsTheLaneThatHasWaitedLongest() throws SQLException {
        accept(LAST);
        accept(FIRST);

        try (Connection connection = transaction()) {
            assertThat(lane.lock(connection, Priority.NORMAL)).hasValue(LAST);
        }
    }

    @Test
    void takesTheNextOneWhenAnotherDrainsIt() throws SQLException {
        accept(LAST);
        accept(FIRST);

        try (Connection one = transaction();
                Connection another = transaction();
                Connection third = transaction()) {
            assertThat(lane.lock(one, Priority.NORMAL)).hasValue(LAST);
            assertThat(lane.lock(another, Priority.NORMAL)).hasValue(FIRST);
            assertThat(lane.lock(third, Priority.NORMAL)).isEqualTo(OptionalInt.empty());
        }
    }
}
