package io.belfry.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.audience.RollCall;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.sandbox.SandboxSettings;
import io.belfry.core.segment.SegmentSettings;
import io.belfry.core.segment.SegmentUsers;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class ClaimsTest {
    /// Lanes of normal priority.
    private static final int FIRST = 16;

    private static final int LAST = 23;
    private static final int ALL = 8;
    private static final int MANY = 500;

    private static final DispatcherSettings SETTINGS =
            new DispatcherSettings(MANY, 100, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

    private static final SegmentSettings SEGMENTS = new SegmentSettings(10, 10, 100, Duration.ofSeconds(1));

    private final Claims claims = new Claims(
            SETTINGS, new HeldEvents(), new Sandbox(new SandboxSettings(null, SandboxSettings.Extent.TEST_KEYS)));
    private final Expansion expansion;
    private final TestDatabase database;
    private final Jdbi jdbi;

    ClaimsTest(TestDatabase database) {
        this.database = database;
        this.jdbi = Jdbi.create(database.dataSource());
        this.expansion = new Expansion(SETTINGS, new RollCall(new SegmentUsers(jdbi, SEGMENTS)));
    }

    @BeforeEach
    void empty() {
        jdbi.useHandle(h -> {
            h.execute("delete from pending_events");
            h.execute("delete from topic_followers");
        });
    }

    private static NewEvent event(int lane, Optional<String> topic, String... recipients) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                UUID.randomUUID(),
                Optional.empty(),
                "body".getBytes(StandardCharsets.UTF_8),
                lane,
                "claims.test",
                "general",
                Priority.NORMAL,
                List.of(recipients),
                topic,
                Optional.empty(),
                "{}",
                Optional.empty());
    }

    private UUID accept(int lane, Optional<String> topic, String... recipients) throws SQLException {
        NewEvent event = event(lane, topic, recipients);
        new EventLog(jdbi).append(List.of(event));
        return event.id();
    }

    private UUID accept(int lane) throws SQLException {
        return accept(lane, Optional.empty(), "ana");
    }

    private static String[] users(int count) {
        return IntStream.range(0, count).mapToObj(i -> "u" + i).toArray(String[]::new);
    }

    private Connection transaction() throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static List<UUID> ids(Claims.Claim claim) {
        return claim.events().stream().map(ClaimedEvent::id).toList();
    }

    /// One worker took the lane of the lowest number for as long as it had work, and events of others waited for
    /// seconds.
    @Test
    void aSingleLaneIsTheOneThatHasWaitedLongest() throws SQLException {
        UUID first = accept(LAST);
        accept(FIRST);

        try (Connection connection = transaction()) {
            Claims.Claim claim = claims.next(connection, Priority.NORMAL, 1, MANY);
            assertThat(claim.lanes()).containsExactly(LAST);
            assertThat(ids(claim)).containsExactly(first);
        }
    }

    @Test
    void eventsOfAllLanesComeInTheOrderOfAcceptance() throws SQLException {
        List<UUID> accepted = List.of(accept(LAST), accept(FIRST), accept(LAST), accept(18));

        try (Connection one = transaction();
                Connection another = transaction()) {
            Claims.Claim claim = claims.next(one, Priority.NORMAL, ALL, MANY);
            assertThat(ids(claim)).isEqualTo(accepted);
            assertThat(claims.next(another, Priority.NORMAL, ALL, MANY)).isEqualTo(Claims.Claim.NOTHING);
            assertThat(claims.next(another, Priority.CRITICAL, ALL, MANY)).isEqualTo(Claims.Claim.NOTHING);
        }
    }

    @Test
    void whatAnotherHoldsIsLeftToIt() throws SQLException {
        accept(LAST);
        UUID free = accept(FIRST);

        try (Connection one = transaction();
                Connection another = transaction();
                Connection third = transaction()) {
            assertThat(claims.next(one, Priority.NORMAL, 1, MANY).lanes()).containsExactly(LAST);
            assertThat(ids(claims.next(another, Priority.NORMAL, ALL, MANY))).containsExactly(free);
            assertThat(claims.next(third, Priority.NORMAL, ALL, MANY)).isEqualTo(Claims.Claim.NOTHING);
        }
    }

    /// A foreign key to the lane made every request wait for the batch that held it.
    @Test
    void eventsAreAcceptedWhileTheirLaneIsDrained() throws SQLException {
        accept(LAST);

        try (Connection one = transaction()) {
            assertThat(claims.next(one, Priority.NORMAL, 1, MANY).lanes()).containsExactly(LAST);
            new EventLog(jdbi).append(List.of(event(LAST, Optional.empty(), "ben")), Duration.ofMillis(1));
        }
    }

    @Test
    void noMoreIsReadThanFillsABatch() throws SQLException {
        for (int i = 0; i < 10; i++) {
            accept(FIRST + i % 2, Optional.empty(), users(30));
        }

        try (Connection connection = transaction()) {
            Claims.Claim claim = claims.next(connection, Priority.NORMAL, ALL, MANY);
            assertThat(claim.events())
                    .as("of 100 notifications, 31 counted for each event")
                    .hasSize(4);
            assertThat(claim.isFull()).as("there are more").isTrue();
        }
    }

    /// All lanes together gave more than one may, and that was taken for a queue, which is drained lane by lane.
    @Test
    void aFewEventsInEachLaneAreNoQueue() throws SQLException {
        for (int i = 0; i < 3; i++) {
            for (int lane = FIRST; lane <= LAST; lane++) {
                accept(lane);
            }
        }

        try (Connection connection = transaction()) {
            Claims.Claim claim = claims.next(connection, Priority.NORMAL, ALL, 32);
            assertThat(claim.share()).isEqualTo(4);
            assertThat(claim.events()).hasSize(24);
            assertThat(claim.isFull()).isFalse();
        }
        accept(LAST);
        try (Connection connection = transaction()) {
            assertThat(claims.next(connection, Priority.NORMAL, ALL, 32).isFull())
                    .isTrue();
        }
    }

    @Test
    void aLaneGivesItsShareOnly() throws SQLException {
        for (int i = 0; i < 10; i++) {
            accept(FIRST);
        }
        UUID other = accept(LAST);

        try (Connection connection = transaction()) {
            Claims.Claim claim = claims.next(connection, Priority.NORMAL, ALL, 8);
            assertThat(claim.events()).hasSize(5);
            assertThat(ids(claim)).last().isEqualTo(other);
        }
    }

    /// The largest audiences take hours; nobody else's events wait for them.
    @Test
    void anAudienceOfManyPagesHoldsUpItsOwnLaneOnly() throws SQLException {
        jdbi.useHandle(h -> {
            h.execute("insert into users (id) select 'f' || lpad(i::text, 4, '0') from generate_series(1, 150) i"
                    + " on conflict do nothing");
            h.execute("insert into topic_followers (topic, user_id)"
                    + " select 'big', 'f' || lpad(i::text, 4, '0') from generate_series(1, 150) i");
        });
        UUID big = accept(FIRST, Optional.of("big"));
        UUID behind = accept(FIRST);
        UUID beside = accept(LAST);

        int pages = 0;
        int reached = 0;
        Expansion.Batch batch;
        do {
            batch = next();
            pages++;
            reached += (int) batch.pairs().stream()
                    .filter(pair -> pair.event().id().equals(big))
                    .count();
            if (pages == 1) {
                assertThat(batch.finished()).extracting(ClaimedEvent::id).containsExactly(beside);
                assertThat(batch.unfinished()).hasSize(1);
            }
        } while (!batch.unfinished().isEmpty());

        assertThat(batch.finished()).extracting(ClaimedEvent::id).containsExactly(big, behind);
        assertThat(reached).isEqualTo(150);
        assertThat(pages).isEqualTo(3);
    }

    /// Claims, expands and finishes one batch.
    private Expansion.Batch next() throws SQLException {
        return jdbi.<Expansion.Batch, SQLException>inTransaction(handle -> {
            Connection connection = handle.getConnection();
            Expansion.Batch batch = expansion.expand(connection, claims.next(connection, Priority.NORMAL, ALL, MANY));
            claims.finish(connection, batch);
            return batch;
        });
    }

    @Test
    void whatIsFinishedIsNotClaimedAgain() throws SQLException {
        UUID id = accept(FIRST);
        assertThat(next().finished()).extracting(ClaimedEvent::id).containsExactly(id);
        assertThat(next().finished()).isEmpty();
    }
}
