package io.belfry.dispatcher.broadcast;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.broadcast.ReleaseSettings;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// The log of announcements, whoever writes it and however they end.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WavesTest {
    private static final ReleaseSettings RELEASE = new ReleaseSettings(100_000, Duration.ZERO);

    private final TestDatabase database;
    private final DispatcherNode idle;
    private final Jdbi jdbi;
    private final Broadcasts broadcasts;
    private final Announcements log;

    WavesTest(TestDatabase database, RedisServer server) {
        this.database = database;
        this.idle = DispatcherNode.idle(database, server.url());
        this.jdbi = idle.bean(Jdbi.class);
        this.broadcasts = idle.bean(Broadcasts.class);
        this.log = idle.bean(Announcements.class);
    }

    @AfterEach
    void cancelAll() {
        broadcasts.list(Optional.empty(), 100).forEach(b -> broadcasts.cancel(b.id()));
    }

    @AfterAll
    void stop() {
        idle.close();
    }

    private Waves runner(Duration pause) {
        return new Waves(jdbi, settings(pause), RELEASE, null);
    }

    private static BroadcastSettings settings(Duration wavePause) {
        return new BroadcastSettings(wavePause, Duration.ofSeconds(1), 1, 1, Duration.ofSeconds(1));
    }

    private UUID started(NewBroadcast draft) {
        UUID id = broadcasts.create(draft);
        assertThat(broadcasts.start(id)).isTrue();
        return id;
    }

    private Broadcast now(UUID id) {
        return broadcasts.find(id).orElseThrow();
    }

    private List<Announcements.Wave> wavesOf(UUID id) {
        return log.wavesAfter(0, 10_000).stream()
                .filter(w -> w.broadcastId().equals(id))
                .toList();
    }

    @Test
    void theFirstPartGoesAloneAndTheRestWaitsForAPerson() {
        UUID id = started(Drafts.toEveryone(4));
        jdbi.useHandle(h -> h.execute("update broadcasts set canary_buckets = 51 where id = ?", id));
        Waves runner = runner(Duration.ZERO);
        assertThat(runner.next().orElseThrow().notice().bucketTo()).isEqualTo(51);
        assertThat(now(id).state()).isEqualTo(BroadcastState.PAUSED);
        assertThat(now(id).isCanaryWaiting()).isTrue();
        assertThat(runner.next()).isEmpty();
        broadcasts.resume(id);
        while (runner.next().isPresent()) {
            assertThat(now(id).wavesDone()).isGreaterThan(1);
        }
        assertThat(wavesOf(id))
                .extracting(Announcements.Wave::bucketFrom, Announcements.Wave::bucketTo)
                .containsExactly(tuple(0, 51), tuple(51, 375), tuple(375, 699), tuple(699, 1024));
    }

    @Test
    void theRestFollowsByItselfWhereItIsToldTo() {
        UUID id = started(Drafts.toEveryone(2));
        jdbi.useHandle(h ->
                h.execute("update broadcasts set canary_buckets = 10, canary_pause_ms = 3600000 where id = ?", id));
        Waves runner = runner(Duration.ZERO);
        runner.next().orElseThrow();
        assertThat(now(id).state()).isEqualTo(BroadcastState.SENDING);
        assertThat(runner.next()).as("within the hour").isEmpty();
        jdbi.useHandle(h -> h.execute("update broadcasts set next_wave_at = now() where id = ?", id));
        assertThat(runner.next()).isPresent();
        assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
    }

    @Test
    void whatNobodyApprovedHasNoWavesWhateverSetItInMotion() {
        UUID id = started(Drafts.toEveryone(2));
        jdbi.useHandle(h -> h.execute("update broadcasts set audience_size = 100001 where id = ?", id));
        assertThat(runner(Duration.ZERO).next()).isEmpty();
        jdbi.useHandle(h -> h.execute("update broadcasts set approved_by = 'grace@example.com' where id = ?", id));
        assertThat(runner(Duration.ZERO).next()).isPresent();
    }

    @Test
    void wavesCoverEveryBucketOnceAndEndTheBroadcast() {
        UUID id = started(Drafts.toEveryone(3));
        Waves runner = runner(Duration.ZERO);
        long before = log.head();

        var waves = new ArrayList<Wave>();
        for (Optional<Wave> wave = runner.next(); wave.isPresent(); wave = runner.next()) {
            waves.add(wave.get());
        }

        assertThat(waves)
                .extracting(w -> w.notice().offset(), w -> w.notice().bucketFrom(), w -> w.notice()
                        .bucketTo())
                .containsExactly(tuple(before + 1, 0, 341), tuple(before + 2, 341, 682), tuple(before + 3, 682, 1024));
        assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
        assertThat(now(id).finishedAt()).isPresent();
        assertThat(now(id).wavesDone()).isEqualTo(3);
        assertThat(log.head()).isEqualTo(before + 3);
        assertThat(wavesOf(id)).hasSize(3);
    }

    @Test
    void draftsStayWhereTheyAre() {
        broadcasts.create(Drafts.toEveryone(2));

        assertThat(runner(Duration.ZERO).next()).isEmpty();
    }

    @Test
    void theNextWaveWaitsForThePause() {
        UUID id = started(Drafts.toEveryone(2));
        Waves runner = runner(Duration.ofMillis(400));

        assertThat(runner.next()).isPresent();
        long first = System.nanoTime();
        assertThat(runner.next()).isEmpty();
        await().atMost(10, SECONDS).until(() -> runner.next().isPresent());

        assertThat(Duration.ofNanos(System.nanoTime() - first)).isGreaterThan(Duration.ofMillis(350));
        assertThat(now(id).state()).isEqualTo(BroadcastState.SENT);
    }

    @Test
    void whatIsPausedStaysPausedAndGoesOnWhereItStopped() {
        UUID id = started(Drafts.toEveryone(4));
        Waves runner = runner(Duration.ZERO);
        runner.next();

        assertThat(broadcasts.pause(id)).isTrue();
        assertThat(runner.next()).isEmpty();
        assertThat(broadcasts.resume(id)).isTrue();
        runner.next();

        assertThat(wavesOf(id))
                .extracting(Announcements.Wave::bucketFrom, Announcements.Wave::bucketTo)
                .containsExactly(tuple(0, 256), tuple(256, 512));
        assertThat(now(id).wavesDone()).isEqualTo(2);
    }

    @Test
    void theRestOfWhatIsCancelledIsNeverSent() {
        UUID id = started(Drafts.toEveryone(4));
        Waves runner = runner(Duration.ZERO);
        runner.next();

        assertThat(broadcasts.cancel(id)).isTrue();

        assertThat(runner.next()).isEmpty();
        assertThat(broadcasts.resume(id)).isFalse();
        assertThat(broadcasts.start(id)).isFalse();
        assertThat(runner.next()).isEmpty();
        assertThat(wavesOf(id)).hasSize(1);
    }

    @Test
    void whatIsNotValidAnyMoreEndsAndTheAuditLogSaysSo() {
        Instant soon = Instant.now().plus(Duration.ofHours(1));
        UUID id = started(Drafts.draft(new Audience.Everyone(), 4, NewBroadcast.Push.ON, Optional.of(soon)));
        Waves runner = runner(Duration.ZERO);
        assertThat(runner.next()).isPresent();

        assertThat(runner.expire()).isEmpty();
        jdbi.useHandle(h -> h.execute("update broadcasts set valid_until = now() where id = ?", id));

        assertThat(runner.expire()).containsExactly(id);

        assertThat(runner.next()).isEmpty();
        assertThat(now(id).state()).isEqualTo(BroadcastState.CANCELLED);
        assertThat(now(id).push().state()).isEqualTo("done");
        List<String> actors = jdbi.withHandle(
                h -> h.createQuery("select actor from audit_log where action = 'broadcast.expire' and subject = :id")
                        .bind("id", id.toString())
                        .mapTo(String.class)
                        .list());
        assertThat(actors).containsExactly("belfry");
    }

    @Test
    void noWaveGoesOutTwiceWithManyRunners() throws Exception {
        List<UUID> ids = List.of(
                started(Drafts.toEveryone(40)),
                started(Drafts.toEveryone(64)),
                started(Drafts.toEveryone(7)),
                started(Drafts.toEveryone(1)));
        long before = log.head();
        var told = new ConcurrentLinkedQueue<Wave>();
        Callable<Void> runs = () -> {
            Waves runner = runner(Duration.ZERO);
            while (ids.stream().anyMatch(id -> now(id).state() == BroadcastState.SENDING)) {
                runner.next().ifPresent(told::add);
            }
            return null;
        };
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (Future<Void> run : threads.invokeAll(List.of(runs, runs, runs, runs))) {
                run.get(60, SECONDS);
            }
        }

        List<Announcements.Wave> logged = log.wavesAfter(before, 1000);
        assertThat(logged).hasSize(112).extracting(Announcements.Wave::offset).doesNotHaveDuplicates();
        assertThat(logged.getLast().offset()).isEqualTo(before + 112).isEqualTo(log.head());
        assertThat(told).hasSize(112);
        for (UUID id : ids) {
            int next = 0;
            for (Announcements.Wave wave : wavesOf(id)) {
                assertThat(wave.bucketFrom()).isEqualTo(next);
                next = wave.bucketTo();
            }
            assertThat(next).isEqualTo(1024);
        }
    }

    /// A dispatcher that dies in the middle of a wave: its transaction, with all its locks, is there until the server
    /// notices.
    @Test
    void aDispatcherThatDiesInAWaveTakesNothingWithIt() throws Exception {
        UUID id = started(Drafts.toEveryone(3));
        Waves runner = runner(Duration.ZERO);
        runner.next();
        try (Connection dying = database.dataSource().getConnection();
                Statement work = dying.createStatement()) {
            dying.setAutoCommit(false);
            Jdbi uncommitted = Jdbi.create(dying);
            uncommitted.getConfig(Handles.class).setForceEndTransactions(false);
            Waves abandoned = new Waves(uncommitted, settings(Duration.ZERO), RELEASE, null);
            assertThat(abandoned.next()).isPresent();
            UUID other = started(Drafts.toEveryone(1));
            int backend = backend(work);

            assertThat(wavesOf(id)).hasSize(1);
            jdbi.useHandle(h -> h.execute("select pg_terminate_backend(?)", backend));

            Map<UUID, Integer> went = new HashMap<>();
            await().atMost(10, SECONDS).until(() -> {
                runner.next().ifPresent(w -> went.merge(w.notice().broadcastId(), 1, Integer::sum));
                return now(id).state() == BroadcastState.SENT && now(other).state() == BroadcastState.SENT;
            });
            assertThat(went).isEqualTo(Map.of(id, 2, other, 1));
        }
        assertThat(wavesOf(id)).extracting(Announcements.Wave::bucketFrom).containsExactly(0, 341, 682);
    }

    private static int backend(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
