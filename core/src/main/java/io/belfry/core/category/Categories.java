package io.belfry.core.category;

import io.belfry.core.database.Snapshot;
import io.belfry.core.event.Throttle;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.template.ContentSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/// Categories, and which event types belong to which. In use on every node like [io.belfry.core.template.Templates].
/// Thread-safe; look-ups do not block.
@Singleton
public class Categories {
    /// The category of types that were given none.
    public static final String DEFAULT = "general";

    private static final String COLUMNS =
            "id, name, description, priority, mandatory, push, push_unless, push_delay_ms,"
                    + " opt_in, throttle_limit, throttle_window_ms, throttle_excess, dedupe_ms";
    private static final String VALUES = ":id, :name, :description, :priority, :mandatory, :push, :unless, :delay,"
            + " cast(:optIn as text[]), :limit, :window, :excess, :dedupe";
    private static final String INSERT = "insert into categories (" + COLUMNS + ") values (" + VALUES + ")";
    private static final String CHANGES = "(" + COLUMNS + ", updated_at) = (" + VALUES + ", now())";

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

    /// The category that an event was accepted in, or, should it be gone since, that of its type.
    public Category of(String id, String type) {
        return find(id).orElseGet(() -> ofType(type));
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
        jdbi.useHandle(h -> bind(h.createUpdate(INSERT + " on conflict (id) do update set " + CHANGES), category)
                .execute());
        changed();
    }

    /// Adds a category.
    ///
    /// @return false when there is one with that id
    public boolean create(Category category) {
        boolean done = jdbi.withHandle(h -> bind(h.createUpdate(INSERT + " on conflict do nothing"), category)
                        .execute())
                == 1;
        changed();
        return done;
    }

    /// Replaces a category, if it still is as its editor saw it.
    ///
    /// @return false when somebody changed or removed it meanwhile
    public boolean replace(Category seen, Category category) {
        boolean done = jdbi.withHandle(h -> {
            Update update = bind(
                    h.createUpdate("update categories set " + CHANGES + " where id = :id and (" + COLUMNS + ") is not"
                            + " distinct from (" + VALUES.replace(":", ":seen_") + ")"),
                    category);
            return bind(update, "seen_", seen).execute() == 1;
        });
        changed();
        return done;
    }

    /// Removes a category that nothing uses. Notifications that were sent keep its id; an event that names it is
    /// refused from now on.
    public Removal remove(String id) {
        if (id.equals(DEFAULT)) {
            return new Removal.IsDefault();
        }
        Removal removal = jdbi.inTransaction(h -> {
            // Held until the end, so that no type or broadcast can come to use it between the look and the removal.
            if (h.createQuery("select id from categories where id = :id for update")
                    .bind("id", id)
                    .mapTo(String.class)
                    .findOne()
                    .isEmpty()) {
                return new Removal.Missing();
            }
            List<String> types = h.createQuery("select type from event_types where category = :id order by type")
                    .bind("id", id)
                    .mapTo(String.class)
                    .list();
            long broadcasts = h.createQuery("select count(*) from broadcasts where category = :id")
                    .bind("id", id)
                    .mapTo(Long.class)
                    .one();
            if (!types.isEmpty() || broadcasts > 0) {
                return new Removal.Used(types, broadcasts);
            }
            h.createUpdate("delete from categories where id = :id")
                    .bind("id", id)
                    .execute();
            return new Removal.Removed();
        });
        changed();
        return removal;
    }

    /// Which types were put into which category; types that were not are in the default one.
    public Map<String, String> assignments() {
        return known.get().ofType;
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

    private static Update bind(Update statement, Category category) {
        return bind(statement, "", category);
    }

    private static Update bind(Update statement, String prefix, Category category) {
        Optional<Throttle> throttle = category.throttle();
        return statement
                .bind(prefix + "id", category.id())
                .bind(prefix + "name", category.name())
                .bind(prefix + "description", category.description())
                .bind(prefix + "priority", category.priority().code())
                .bind(prefix + "mandatory", category.mandatory())
                .bind(prefix + "push", category.push())
                .bind(prefix + "unless", category.pushUnless().label())
                .bind(prefix + "delay", category.pushDelay().toMillis())
                .bindArray(
                        prefix + "optIn",
                        String.class,
                        category.optIn().stream().map(Medium::label).sorted().toArray())
                .bind(prefix + "limit", throttle.map(Throttle::limit).orElse(null))
                .bind(
                        prefix + "window",
                        throttle.map(t -> t.window().toMillis()).orElse(null))
                .bind(prefix + "excess", throttle.map(t -> t.excess().label()).orElse(null))
                .bind(
                        prefix + "dedupe",
                        category.dedupe().map(Duration::toMillis).orElse(null));
    }

    private void changed() {
        known.refreshNow();
        signals.raise(Signal.CONTENT_CHANGED);
    }

    private Known load() {
        return jdbi.withHandle(h -> {
            var byId = new LinkedHashMap<String, Category>();
            h.createQuery("select " + COLUMNS + " from categories order by name")
                    .map((row, c) -> CategoryRow.category(row))
                    .forEach(category -> byId.put(category.id(), category));
            var ofType = new LinkedHashMap<String, String>();
            h.createQuery("select type, category from event_types")
                    .map((row, c) -> Map.entry(row.getString(1), row.getString(2)))
                    .forEach(e -> ofType.put(e.getKey(), e.getValue()));
            return new Known(byId, Collections.unmodifiableMap(ofType));
        });
    }

    @PreDestroy
    void close() {
        known.close();
    }
}
