package io.belfry.core.stop;

import java.util.Optional;

/// What an emergency stop halts.
public sealed interface StopTarget {
    /// The longest id of a category.
    int MAX_CATEGORY = 64;

    /// All pushes, those of broadcasts too.
    record Push() implements StopTarget {}

    /// Everything of priority bulk: events, broadcasts, and their pushes.
    record Bulk() implements StopTarget {}

    /// Everything of one category: events, broadcasts, and their pushes.
    record Category(String id) implements StopTarget {}

    /// The name in the API and in the database: `push`, `bulk`, `category:news`.
    default String label() {
        return switch (this) {
            case Push() -> StopLabels.PUSH;
            case Bulk() -> StopLabels.BULK;
            case Category(String id) -> StopLabels.CATEGORY + id;
        };
    }

    static Optional<StopTarget> ofLabel(String label) {
        if (label.equals(StopLabels.PUSH)) {
            return Optional.of(new Push());
        }
        if (label.equals(StopLabels.BULK)) {
            return Optional.of(new Bulk());
        }
        return Optional.of(label)
                .filter(text -> text.startsWith(StopLabels.CATEGORY))
                .map(text -> text.substring(StopLabels.CATEGORY.length()))
                .filter(id -> !id.isEmpty() && id.length() <= MAX_CATEGORY)
                .map(Category::new);
    }
}
