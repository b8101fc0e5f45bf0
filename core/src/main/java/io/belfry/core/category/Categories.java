package io.belfry.core.category;

import io.belfry.core.database.Snapshot;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.template.ContentSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Categories, and which event types belong to which. In use on every node like [io.belfry.core.template.Templates].
/// Thread-safe; look-ups do not block.
@Singleton
public class Categories {
    /// The category of types that were given none.
    public static final String DEFAULT = "general";

    private final Jdbi jdbi;
    private final Signals signals;
    private final Snapshot<Known> known;

    private record Known(Map<String, Category> byId, Map<String, String> ofType) {}

    public Categories(Jdbi jdbi, Signals signals, ContentSettings settings) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.known = new Snapshot<>("categories", settings.refreshEvery(), this::load);
        signals.on(Signal.CONTENT_CHANGED, known::refresh);
    }

    public Optional<Category> find(String id) {
        return Optional.ofNullable(known.get().byId.get(id));
    }

    /// The category of an event type: as registered, or the default one.
    public Category ofType(String type) {
        Known now = known.get();
        return now.byId.get(now.ofType.getOrDefault(type, DEFAULT));
    }

    public List<Category> list() {
        return List.copyOf(known.get().byId.values());
    }

    /// Adds or replaces a category.
    public void save(Category category) {
        jdbi.useHandle(h -> h.createUpdate("""
                        insert into categories (id, name, description, priority, mandatory, push, push_unless, push_delay_ms)
                        values (:id, :name, :description, :priority, :mandatory, :push, :unless, :delay)
                        on conflict (id) do update
                            set name = :name, description = :description, priority = :priority, mandatory = :mandatory,
                                push = :push, push_unless = :unless, push_delay_ms = :delay, updated_at = now()
                        """)
                .bind("id", category.id())
                .bind("name", category.name())
                .bind("description", category.description())
                .bind("priority", category.priority().code())
                .bind("mandatory", category.mandatory())
                .bind("push", category.push())
                .bind("unless", category.pushUnless().label())
                .bind("delay", category.pushDelay().toMillis())
                .execute());
        changed();
    }

    /// Puts an event type into a category.
    public void assign(String type, String category) {
        jdbi.useHandle(h -> h.createUpdate("""
                        insert into event_types (type, category) values (:type, :category)
                        on conflict (type) do update set category = :category, updated_at = now()
                        """)
                .bind("type", type)
                .bind("category", category)
                .execute());
        changed();
    }

    private void changed() {
        known.refreshNow();
        signals.raise(Signal.CONTENT_CHANGED);
    }

    private Known load() {
        return jdbi.withHandle(h -> {
            var byId = new LinkedHashMap<String, Category>();
            h.createQuery("select id, name, description, priority, mandatory, push, push_unless, push_delay_ms from"
                            + " categories order by name")
                    .map((row, c) -> new Category(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Priority.ofCode(row.getInt(4)),
                            row.getBoolean(5),
                            row.getBoolean(6),
                            PushUnless.ofLabel(row.getString(7)),
                            Duration.ofMillis(row.getLong(8))))
                    .forEach(category -> byId.put(category.id(), category));
            var ofType = new LinkedHashMap<String, String>();
            h.createQuery("select type, category from event_types")
                    .map((row, c) -> Map.entry(row.getString(1), row.getString(2)))
                    .forEach(e -> ofType.put(e.getKey(), e.getValue()));
            return new Known(byId, ofType);
        });
    }

    @PreDestroy
    void close() {
        known.close();
    }
}
