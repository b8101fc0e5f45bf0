package io.belfry.core.segment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.database.Snapshot;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The segments that there are. Thread-safe; blocks on the database but for [#isKnown].
@Singleton
public class Segments {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final String COLUMNS = "id, description, rule, updated_at";

    private final Jdbi jdbi;
    private final SegmentSettings settings;
    private final Signals signals;
    private final Snapshot<Set<String>> ids;

    public Segments(Jdbi jdbi, SegmentSettings settings, Signals signals) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.signals = signals;
        this.ids = new Snapshot<>("segments", REFRESH, this::load);
        signals.on(Signal.CONTENT_CHANGED, ids::refresh);
    }

    /// What came of saving one.
    public sealed interface Saving {
        record Saved(Segment segment) implements Saving {}

        /// There are as many as there may be.
        record TooMany(int max) implements Saving {}
    }

    /// Whether there is such a segment, as this node knows; another node's may be new to it for a moment.
    public boolean isKnown(String id) {
        return ids.get().contains(id);
    }

    public Optional<Segment> find(String id) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from segments where id = :id")
                .bind("id", id)
                .map((row, c) -> segment(row))
                .findOne());
    }

    /// @param after the last id of the page before; empty at first
    public List<Segment> list(String after, int limit) {
        return jdbi.withHandle(
                h -> h.createQuery("select " + COLUMNS + " from segments where id > :after order by id limit :limit")
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, c) -> segment(row))
                        .list());
    }

    /// Adds or replaces one. Events on their way find who fits the rule as it is when a page of theirs is dispatched.
    ///
    /// @param rule one that [RuleReading#of] reads
    public Saving put(String id, String description, JsonNode rule) {
        Saving saving = jdbi.inTransaction(h -> save(h, id, description, rule));
        changed();
        return saving;
    }

    private Saving save(Handle h, String id, String description, JsonNode rule) {
        Segment saved = h.createQuery("""
                        insert into segments (id, description, rule) values (:id, :description, cast(:rule as json))
                        on conflict (id) do update
                            set description = excluded.description, rule = excluded.rule, updated_at = now()
                        returning
                        """ + COLUMNS)
                .bind("id", id)
                .bind("description", description)
                .bind("rule", rule.toString())
                .map((row, c) -> segment(row))
                .one();
        long count =
                h.createQuery("select count(*) from segments").mapTo(Long.class).one();
        if (count > settings.max()) {
            h.rollback();
            return new Saving.TooMany(settings.max());
        }
        return new Saving.Saved(saved);
    }

    /// @return false when there was none. Events on their way that name it reach nobody else by it
    public boolean remove(String id) {
        boolean done = jdbi.withHandle(h -> h.createUpdate("delete from segments where id = :id")
                        .bind("id", id)
                        .execute())
                == 1;
        changed();
        return done;
    }

    /// Who is in a segment, as the caller's transaction sees its rule; empty where there is none.
    public static Optional<Condition> condition(Handle h, String id) {
        return ruleText(h, id).map(text -> Condition.of(rule(text)));
    }

    /// The rule of a segment as it was saved; empty where there is none.
    public static Optional<String> ruleText(Handle h, String id) {
        return h.createQuery("select rule from segments where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .findOne();
    }

    /// The rule that was saved.
    static Rule rule(String json) {
        return switch (RuleReading.of(tree(json))) {
            case RuleReading.Of(Rule rule) -> rule;
            case RuleReading.Refused(var faults) ->
                throw new IllegalStateException("a saved segment's rule is not valid: " + faults);
        };
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a saved segment's rule is no JSON", e);
        }
    }

    private void changed() {
        ids.refreshNow();
        signals.raise(Signal.CONTENT_CHANGED);
    }

    private Set<String> load() {
        return Set.copyOf(jdbi.withHandle(h ->
                h.createQuery("select id from segments").mapTo(String.class).list()));
    }

    private static Segment segment(ResultSet row) throws SQLException {
        return new Segment(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getTimestamp(4).toInstant());
    }

    @PreDestroy
    void close() {
        ids.close();
    }
}
