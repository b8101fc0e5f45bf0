package io.belfry.api.outbox;

import io.belfry.api.event.BrokerEvents;
import io.belfry.api.problem.Problem;
import io.belfry.core.database.Rounds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import io.micronaut.json.JsonMapper;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes events from the table `outbox`. A row goes in a commit after the one that made its event durable; a node that
/// dies between the two leaves the row, and its idempotency key makes it harmless that the next one takes it again.
/// Rows are found because they are there, not because they are new: one whose transaction commits late is not missed.
///
/// One node at a time has the table, so that rows are taken in the order of their numbers; the lock is its
/// transaction's, and ends with the node. One thread.
@Context
@Requires(property = "belfry.outbox.enabled", value = "true")
final class OutboxEvents {
    /// Stands for whoever may write to the table, where events name their API key.
    static final UUID SOURCE = UUID.nameUUIDFromBytes("outbox".getBytes(StandardCharsets.US_ASCII));

    private static final Logger LOG = LoggerFactory.getLogger(OutboxEvents.class);
    private static final String LEAD = "select pg_try_advisory_xact_lock(hashtextextended('belfry.outbox', 0))";
    private static final String PAGE = """
            select id, event::text, key, content_type, traceparent, added_at from outbox
            order by id limit :page for update skip locked
            """;
    private static final String REMOVE = "delete from outbox where id = any(:ids)";
    private static final String REFUSE = """
            with gone as (delete from outbox where id = :id returning *)
            insert into outbox_refused (id, event, key, content_type, traceparent, added_at, reason)
            select id, event, key, content_type, traceparent, added_at, cast(:reason as json) from gone
            """;

    private final Jdbi jdbi;
    private final BrokerEvents events;
    private final OutboxSettings settings;
    private final JsonMapper json;
    private final Clock clock;
    private final Counter stored;
    private final Counter replayed;
    private final Counter refused;
    private final Rounds rounds;
    private volatile Duration lag = Duration.ZERO;

    OutboxEvents(
            Jdbi jdbi,
            BrokerEvents events,
            OutboxSettings settings,
            JsonMapper json,
            Clock clock,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.events = events;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
        this.stored = counter(metrics, "stored");
        this.replayed = counter(metrics, "replayed");
        this.refused = counter(metrics, "refused");
        TimeGauge.builder("belfry.outbox.lag", () -> lag.toMillis(), TimeUnit.MILLISECONDS)
                .description(
                        "How old the oldest row was when this node last took some; 0 where another node takes them")
                .register(metrics);
        this.rounds = new Rounds("outbox", "Rows of the outbox", settings.every(), this::look);
    }

    private static Counter counter(MeterRegistry metrics, String result) {
        return Counter.builder("belfry.outbox.rows")
                .description("Rows taken from the outbox, by what became of them")
                .tag("result", result)
                .register(metrics);
    }

    private record Row(
            long id,
            String event,
            Optional<String> key,
            String contentType,
            Optional<String> traceparent,
            Instant addedAt) {
        BrokerEvents.Message message() {
            return new BrokerEvents.Message(
                    event.getBytes(StandardCharsets.UTF_8),
                    contentType,
                    Map.of(),
                    key,
                    traceparent,
                    // Numbers may begin anew after a restore, so that the time belongs to it.
                    "outbox " + id + " " + addedAt);
        }
    }

    @PostConstruct
    void start() {
        rounds.start();
    }

    /// @return whether there may be more that can be taken now
    private boolean look() {
        return jdbi.inTransaction(h -> {
            if (!h.createQuery(LEAD).mapTo(boolean.class).one()) {
                lag = Duration.ZERO;
                return false;
            }
            List<Row> page = page(h);
            lag = page.isEmpty() ? Duration.ZERO : Duration.between(page.getFirst().addedAt, clock.instant());
            return !page.isEmpty() && settle(h, page) && page.size() == settings.page();
        });
    }

    private List<Row> page(Handle h) {
        return h.createQuery(PAGE)
                .bind("page", settings.page())
                .map((rs, context) -> new Row(
                        rs.getLong("id"),
                        rs.getString("event"),
                        Optional.ofNullable(rs.getString("key")),
                        rs.getString("content_type"),
                        Optional.ofNullable(rs.getString("traceparent")),
                        rs.getTimestamp("added_at").toInstant()))
                .list();
    }

    /// @return whether all are settled
    private boolean settle(Handle h, List<Row> page) {
        var source = new BrokerEvents.Source(SOURCE, settings.mayAddressEveryone());
        List<BrokerEvents.Result> results =
                events.receive(source, page.stream().map(Row::message).toList()).join();
        var done = new ArrayList<Long>();
        boolean all = true;
        for (int i = 0; i < results.size(); i++) {
            Row row = page.get(i);
            switch (results.get(i)) {
                case BrokerEvents.Result.Stored(UUID event, boolean isReplay) -> {
                    (isReplay ? replayed : stored).increment();
                    done.add(row.id);
                }
                case BrokerEvents.Result.Refused(Problem problem) -> refuse(h, row, problem);
                case BrokerEvents.Result.Unsettled _ -> all = false;
            }
        }
        h.createUpdate(REMOVE).bindArray("ids", Long.class, done).execute();
        return all;
    }

    private void refuse(Handle h, Row row, Problem problem) {
        refused.increment();
        LOG.warn("Row {} of the outbox is refused: {} {}", row.id, problem.title(), problem.errors());
        h.createUpdate(REFUSE)
                .bind("id", row.id)
                .bind("reason", reason(problem))
                .execute();
    }

    private String reason(Problem problem) {
        try {
            return json.writeValueAsString(problem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @PreDestroy
    void stop() {
        rounds.close();
    }
}
