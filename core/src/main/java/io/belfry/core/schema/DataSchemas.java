package io.belfry.core.schema;

import io.belfry.core.category.Categories;
import io.belfry.core.database.Snapshot;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.template.ContentSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The schemas of event types. Compiled once and in use on every node like [Categories]. Thread-safe; [#violations]
/// and [#types] do not block.
@Singleton
public class DataSchemas {
    private static final Logger LOG = LoggerFactory.getLogger(DataSchemas.class);

    private final Jdbi jdbi;
    private final Signals signals;
    private final Snapshot<Map<String, Known>> known;
    private Map<String, Known> before = Map.of();

    public DataSchemas(Jdbi jdbi, Signals signals, ContentSettings settings) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.known = new Snapshot<>("data schemas", settings.refreshEvery(), this::load);
        signals.on(Signal.CONTENT_CHANGED, known::refresh);
    }

    private record Known(String text, DataSchema schema) {}

    /// What came of saving.
    public sealed interface Saved {
        record Kept() implements Saved {}

        /// Somebody else saved another since.
        ///
        /// @param now what it is now; empty when there is none
        record Conflict(Optional<String> now) implements Saved {}

        record Refused(List<String> problems) implements Saved {}
    }

    /// Where an event's data is not as its type's schema has it; nothing for a type without one.
    public List<DataSchema.Violation> violations(String type, String data) {
        Known schema = known.get().get(type);
        return schema == null ? List.of() : schema.schema.violations(data);
    }

    /// The types that have a schema.
    public Set<String> types() {
        return known.get().keySet();
    }

    /// The text of a type's schema, as it was saved.
    public Optional<String> of(String type) {
        return jdbi.withHandle(h -> of(h, type));
    }

    /// Gives a type a schema, or takes it from it. From then on, within moments, events of the type must be as it has
    /// it; those that were accepted before stay.
    ///
    /// @param seen what it was when it was edited
    public Saved save(String type, Optional<String> seen, Optional<String> schema) {
        if (schema.isPresent() && DataSchema.read(schema.get()) instanceof DataSchema.Reading.Refused(var problems)) {
            return new Saved.Refused(problems);
        }
        Saved saved = jdbi.inTransaction(h -> {
            h.createUpdate("insert into event_types (type, category) values (:type, :category) on conflict do nothing")
                    .bind("type", type)
                    .bind("category", Categories.DEFAULT)
                    .execute();
            int rows = h.createUpdate("""
                            update event_types set data_schema = cast(:schema as text), updated_at = now()
                            where type = :type and data_schema is not distinct from cast(:seen as text)
                            """)
                    .bind("schema", schema.orElse(null))
                    .bind("type", type)
                    .bind("seen", seen.orElse(null))
                    .execute();
            return rows == 1 ? new Saved.Kept() : new Saved.Conflict(of(h, type));
        });
        known.refreshNow();
        signals.raise(Signal.CONTENT_CHANGED);
        return saved;
    }

    private static Optional<String> of(Handle h, String type) {
        return h.createQuery("select data_schema from event_types where type = :type")
                .bind("type", type)
                .mapTo(String.class)
                .findOne();
    }

    /// Compiles what has changed.
    private Map<String, Known> load() {
        var now = new HashMap<String, Known>();
        jdbi.useHandle(h -> h.createQuery("select type, data_schema from event_types where data_schema is not null")
                .map((row, c) -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(row ->
                        compiled(row.getKey(), row.getValue()).ifPresent(schema -> now.put(row.getKey(), schema))));
        before = Map.copyOf(now);
        return before;
    }

    private Optional<Known> compiled(String type, String text) {
        Known same = before.get(type);
        if (same != null && same.text.equals(text)) {
            return Optional.of(same);
        }
        return switch (DataSchema.read(text)) {
            case DataSchema.Reading.Of(DataSchema schema) -> Optional.of(new Known(text, schema));
            case DataSchema.Reading.Refused(List<String> problems) -> {
                LOG.warn("The schema of {} is not usable and holds nothing back: {}", type, problems);
                yield Optional.empty();
            }
        };
    }

    @PreDestroy
    void close() {
        known.close();
    }
}
