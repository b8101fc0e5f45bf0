package io.belfry.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.database.JdbiFactory;
import io.belfry.core.event.Appended;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signals;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class IntakeTest {
    private static final int EVENTS = 200;
    private static final IntakeSettings SETTINGS =
            new IntakeSettings(262_144, 1000, 1000, 4_194_304, 20_000, 500, 2, Duration.ofSeconds(2));

    /// Nobody listens there: a signal then stays on this node.
    private final RedisClient redis = RedisClient.create("redis://127.0.0.1:1");

    @AfterEach
    void stop() {
        redis.shutdown();
    }

    @Test
    void answersAWholeGroupAtOnceWhileTheDatabaseIsAway() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch allWait = new CountDownLatch(1);
        DataSource away = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    tries.incrementAndGet();
                    allWait.await();
                    throw new SQLTransientConnectionException("no connection within 3 s");
                });
        Intake intake = intake(away);
        List<CompletableFuture<List<Optional<Appended>>>> answers = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            answers.add(intake.accept(List.of(event("{}"))));
        }
        allWait.countDown();

        for (CompletableFuture<List<Optional<Appended>>> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS).getFirst()).isEmpty();
        }
        // One for each group, not one for each event: each costs the pool's whole time-out.
        assertThat(tries.get()).isLessThan(10);
        intake.close();
    }

    @Test
    void oneEventThatTheDatabaseRefusesDoesNotHurtItsNeighbours(TestDatabase database) throws Exception {
        Intake intake = intake(database.dataSource());
        List<CompletableFuture<List<Optional<Appended>>>> answers = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            answers.add(intake.accept(List.of(event(i == 77 ? "not json" : "{}"))));
        }

        for (int i = 0; i < EVENTS; i++) {
            assertThat(answers.get(i).get(20, TimeUnit.SECONDS).getFirst().isPresent())
                    .isEqualTo(i != 77);
        }
        intake.close();
    }

    private Intake intake(DataSource database) {
        return new Intake(
                new EventStore(new EventLog(JdbiFactory.jdbi(database)), SETTINGS),
                new Signals(redis),
                SETTINGS,
                new SimpleMeterRegistry());
    }

    private static NewEvent event(String data) {
        return new NewEvent(
                EventId.mint(Clock.systemUTC()),
                new UUID(0, 1),
                Optional.empty(),
                new byte[32],
                Lanes.of(Priority.NORMAL, "alice"),
                "a.b",
                "general",
                Priority.NORMAL,
                List.of("alice"),
                Optional.empty(),
                Optional.empty(),
                data,
                Optional.empty());
    }
}
