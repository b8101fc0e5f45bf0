package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.LaneLoads;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.testkit.HandClock;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class LaneGaugesTest {
    private final HandClock clock = new HandClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final Jdbi jdbi;

    LaneGaugesTest(TestDatabase database) {
        jdbi = Jdbi.create(database.dataSource());
    }

    @BeforeEach
    void empty() {
        jdbi.useHandle(h -> h.execute("delete from pending_events"));
    }

    private void accept(String user) throws SQLException {
        new EventLog(jdbi)
                .append(List.of(new NewEvent(
                        EventId.mint(clock),
                        UUID.randomUUID(),
                        Optional.empty(),
                        new byte[0],
                        Lanes.of(Priority.BULK, user),
                        "lanes.test",
                        "general",
                        Priority.BULK,
                        List.of(user),
                        Optional.empty(),
                        Optional.empty(),
                        "{}",
                        Optional.empty())));
    }

    private static double gauge(MeterRegistry metrics, String name, Priority priority) {
        return metrics.get(name).tag("priority", priority.label()).gauge().value();
    }

    @Test
    void tellsHowMuchWaitsAndForHowLong() throws SQLException {
        accept("ana");
        clock.advance(Duration.ofSeconds(30));
        accept("ben");
        accept("ana");
        clock.advance(Duration.ofSeconds(60));
        MeterRegistry metrics = new SimpleMeterRegistry();
        LaneGauges gauges = new LaneGauges(new LaneLoads(jdbi), clock, metrics);
        assertThat(gauge(metrics, "belfry.lanes.depth", Priority.BULK)).isNaN();

        gauges.start();
        try {
            await().atMost(10, SECONDS).until(() -> gauge(metrics, "belfry.lanes.depth", Priority.BULK) == 3);
            assertThat(gauge(metrics, "belfry.lanes.lag", Priority.BULK)).isEqualTo(90);
            assertThat(gauge(metrics, "belfry.lanes.depth", Priority.CRITICAL)).isZero();
            assertThat(gauge(metrics, "belfry.lanes.lag", Priority.CRITICAL)).isZero();
        } finally {
            gauges.stop();
        }
    }

    @Test
    void aLowerBoundIsNotCalledExact() throws SQLException {
        accept("cleo");
        accept("cleo");
        accept("cleo");

        LaneLoads loads = new LaneLoads(jdbi);

        assertThat(loads.measure(2).getLast().isExact()).isFalse();
        assertThat(loads.measure(1000).getLast().isExact()).isTrue();
    }
}
